import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { realpathSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { BuildError } from "../build-error.ts";
import { architectureOfHost } from "../config/extension-settings.ts";
import type { Architecture, ExtensionSettings } from "../config/extension-settings.ts";
import { writeFolder } from "../layer/folder.ts";
import type { LayerFile } from "../layer/layer-file.ts";
import { withStaging } from "../layer/staging.ts";
import { registered } from "./extensions-api.ts";
import { judgeStart } from "./judge-start.ts";
import { lambdaEnvironment } from "./lambda-environment.ts";
import type { Host } from "./measure-layer.ts";
import { startIsolated } from "./start-isolated.ts";
import { keepStart, wasStarted } from "./started-before.ts";

/** A layer that was built. */
export interface LayerContent {
  readonly architecture: Architecture | undefined;
  /** In its external packages: then no other system or processor can run its bundle. */
  readonly holdsMachineCode: boolean;
  readonly files: readonly LayerFile[];
}

/** What the check needs besides the layers. */
export interface StartCheckOptions {
  readonly host: Host;
  readonly cacheFolder: string;
  readonly say: (line: string) => void;
}

/** Part of the key of a start that succeeded: another number forgets all of them. */
const checkVersion = 1;
const deadlineMs = 5000;

interface Start {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** The extension's own folder, without its engine. */
  readonly files: readonly LayerFile[];
}

/**
 * Starts the extension once, as Lambda does, unless the same bytes have started before. Returns warnings.
 * The engine runs the bundle directly, and not through the launcher: a launcher that finds no engine asks for events
 * itself, and macOS and Alpine Linux have no bash that can run it. See docs/adr/0208-a-bundle-is-started-once.md.
 * Errors: `BuildError` if the bundle cannot start.
 */
export async function checkStart(
  settings: ExtensionSettings,
  layers: readonly LayerContent[],
  options: StartCheckOptions,
): Promise<readonly string[]> {
  for (const choice of chooseEngines(settings, layers, options)) {
    const start = planStart(settings, choice, options);
    const key = keyOf(start);
    if (wasStarted(options.cacheFolder, key)) return [];
    const { engine, layer } = choice;
    // The cache is not trusted: what is run has the pinned bytes.
    if (engine === undefined || (await canRun(await engine.verified()))) return startNow(settings, start, options, key);
    const { name, runtime } = settings;
    options.say(`${name}: the layer for ${layer.architecture} was not started: this system cannot run its ${runtime}`);
  }
  return [];
}

async function startNow(
  settings: ExtensionSettings,
  start: Start,
  { host, cacheFolder }: StartCheckOptions,
  key: string,
): Promise<readonly string[]> {
  return withStaging(tmpdir(), async (staging) => {
    // Not in the project: there the bundle would find the project's node_modules.
    const layer = join(realpathSync(staging.folder), "opt");
    await writeFolder(layer, start.files);
    const args = [...start.args, join(layer, settings.name, "index.cjs")];
    const outcome = await startIsolated({ command: start.command, args, env: start.env, deadlineMs }, host);
    const { problem, warnings } = judgeStart(outcome, layer, deadlineMs);
    if (problem !== undefined) {
      const { line, output } = problem;
      throw new BuildError(
        `${settings.name}: the bundle does not start: ${line}; --no-start leaves this check out${output}`,
      );
    }
    if (settings.start === "lazy" && outcome.hasSubscribed) {
      throw new BuildError(
        'lambdaExtension.start: expected "eager" for a program with telemetry, got "lazy", which starts after the init phase',
      );
    }
    if (warnings.length === 0) keepStart(cacheFolder, key);
    return warnings.map((warning) => `${settings.name}: ${warning}`);
  });
}

function planStart(settings: ExtensionSettings, { engine, layer }: Choice, { host }: StartCheckOptions): Start {
  const { name, runtime, register, events, sourceMap } = settings;
  const enginePath = `${name}/bin/${runtime}`;
  const isBun = runtime === "bun" && engine !== undefined;
  const registration = {
    LAMBDA_EXTENSION_HANDOFF_VERSION: "1",
    LAMBDA_EXTENSION_IDENTIFIER: registered.identifier,
    LAMBDA_EXTENSION_EVENTS: events.join(","),
    LAMBDA_EXTENSION_REGISTRATION: registered.answer,
  };
  return {
    command: engine?.path ?? host.node,
    // As the launcher does: without them, Bun would fetch a module that is missing.
    args: isBun ? ["--no-env-file", "--config=/dev/null", "--no-install"] : sourceMap ? ["--enable-source-maps"] : [],
    env: {
      ...lambdaEnvironment(settings),
      LAMBDA_EXTENSION_NAME: name,
      ...(register === "launcher" && registration),
      LAMBDA_EXTENSION_START_CHECK: "3",
    },
    files: layer.files.filter(({ path }) => path.startsWith(`${name}/`) && path !== enginePath),
  };
}

/** A layer to start, and the carried engine that runs its bundle; without one, this process's Node.js runs it. */
interface Choice {
  readonly layer: LayerContent;
  readonly engine: Extract<LayerFile["content"], { kind: "file" }> | undefined;
}

/** What to try, in order; `say` hears which layers this machine cannot start. */
function chooseEngines(
  { name, engine, runtime }: ExtensionSettings,
  layers: readonly LayerContent[],
  { host: { platform, arch }, say }: StartCheckOptions,
): readonly Choice[] {
  const choices: Choice[] = [];
  for (const layer of layers) {
    const { architecture } = layer;
    const carried = layer.files.find(({ path }) => path === `${name}/bin/${runtime}`)?.content;
    if (architecture === undefined || (platform === "linux" && architecture === architectureOfHost[arch])) {
      choices.push({ layer, engine: carried?.kind === "file" ? carried : undefined });
    } else {
      say(
        `${name}: the layer for ${architecture} was not started: expected Linux on that processor, got ${platform} on ${arch}`,
      );
    }
  }
  // An engine in the layer is the second choice of such a launcher.
  const portable = engine === "auto" ? layers.find(({ holdsMachineCode }) => !holdsMachineCode) : undefined;
  if (portable !== undefined) choices.push({ layer: portable, engine: undefined });
  return choices;
}

async function canRun(engine: string): Promise<boolean> {
  return promisify(execFile)(engine, ["--version"]).then(
    () => true,
    () => false,
  );
}

/** Says everything on which the result depends. */
function keyOf({ files, ...program }: Start): string {
  const hash = createHash("sha256").update(JSON.stringify([checkVersion, process.version, program]));
  for (const { path, mode, content } of files) {
    const large = content.kind === "file" && [content.path, content.size, content.modified];
    hash.update(`\n${JSON.stringify([path, mode, large])}\n`);
    if (content.kind === "bytes") hash.update(content.bytes);
  }
  return hash.digest("hex");
}
