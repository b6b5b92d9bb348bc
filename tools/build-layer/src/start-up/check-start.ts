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
  const { host, cacheFolder } = options;
  const start = await planStart(settings, layers, options);
  if (start === undefined) return [];
  const key = keyOf(start);
  if (wasStarted(cacheFolder, key)) return [];
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

/** Undefined if this machine cannot start any of the layers. */
async function planStart(
  settings: ExtensionSettings,
  layers: readonly LayerContent[],
  options: StartCheckOptions,
): Promise<Start | undefined> {
  const { name, runtime, register, events, sourceMap } = settings;
  const enginePath = `${name}/bin/${runtime}`;
  const chosen = await chooseEngine(settings, { layers, enginePath }, options);
  if (chosen === undefined) return undefined;
  const isBun = runtime === "bun" && chosen.command !== options.host.node;
  const registration = {
    LAMBDA_EXTENSION_HANDOFF_VERSION: "1",
    LAMBDA_EXTENSION_IDENTIFIER: registered.identifier,
    LAMBDA_EXTENSION_EVENTS: events.join(","),
    LAMBDA_EXTENSION_REGISTRATION: registered.answer,
  };
  return {
    command: chosen.command,
    // As the launcher does: without them, Bun would fetch a module that is missing.
    args: isBun ? ["--no-env-file", "--config=/dev/null", "--no-install"] : sourceMap ? ["--enable-source-maps"] : [],
    env: {
      ...lambdaEnvironment(settings),
      LAMBDA_EXTENSION_NAME: name,
      ...(register === "launcher" && registration),
      LAMBDA_EXTENSION_START_CHECK: "3",
    },
    files: chosen.layer.files.filter(({ path }) => path.startsWith(`${name}/`) && path !== enginePath),
  };
}

/** The layer to start, and the program that runs its bundle; `say` hears which layers this machine cannot start. */
async function chooseEngine(
  { name, engine, runtime }: ExtensionSettings,
  { layers, enginePath }: { readonly layers: readonly LayerContent[]; readonly enginePath: string },
  { host: { node, platform, arch }, say }: StartCheckOptions,
): Promise<{ readonly command: string; readonly layer: LayerContent } | undefined> {
  let chosen: { readonly command: string; readonly layer: LayerContent } | undefined;
  for (const layer of layers) {
    const { architecture } = layer;
    const carried = layer.files.find(({ path }) => path === enginePath)?.content;
    if (carried?.kind !== "file") return { command: node, layer };
    if (platform !== "linux" || architecture !== architectureOfHost[arch]) {
      say(
        `${name}: the layer for ${architecture} was not started: expected Linux on that processor, got ${platform} on ${arch}`,
      );
    } else if (await canRun(carried.path)) {
      chosen = { command: carried.path, layer };
    } else {
      say(`${name}: the layer for ${architecture} was not started: this system cannot run its ${runtime}`);
    }
  }
  const [layer] = layers;
  // An engine in the layer is the second choice of such a launcher.
  return chosen ?? (engine === "auto" && layer !== undefined ? { command: node, layer } : undefined);
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
