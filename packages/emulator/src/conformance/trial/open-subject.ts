import { mkdir, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { unzip } from "../../files/unzip.ts";
import { EmulatorError } from "../../problems/emulator-error.ts";
import type { Subject } from "./check.ts";
import { readExtensionFiles } from "./extension-file.ts";
import { readFolderModes, readZipModes } from "./layer-modes.ts";
import { writeTrialFunction } from "./trial-function.ts";
import { attributed, runTrial } from "./trial.ts";
import type { Trial, TrialSetup } from "./trial.ts";

/** The layer, and what its extensions run with. */
export interface SubjectOptions {
  /** A folder or a .zip file, as Lambda gets it as a layer. */
  readonly layer: string;
  /** `x86_64` or `arm64`. Default: this machine's. Programs for another one are not executed. */
  readonly architecture?: string | undefined;
  /** Variables of the function, which extensions see too. */
  readonly environment?: Readonly<Record<string, string>> | undefined;
  /** Breaks off; nothing is left running. */
  readonly signal?: AbortSignal | undefined;
}

const known = ["x86_64", "arm64"];

/**
 * Reads a layer, and writes a function for its extensions. An unpacked zip and the function lie in `folder`. Errors:
 * `EmulatorError` for a path that is no layer.
 */
export async function openSubject(
  options: SubjectOptions,
  { folder, functionRuntime }: { readonly folder: string; readonly functionRuntime: string },
): Promise<Subject> {
  const path = resolve(options.layer);
  const layer = await openLayer(path, folder);
  const modes = layer === path ? readFolderModes(layer) : await readZipModes(path);
  const extensions = readExtensionFiles(layer);
  const machine = process.arch === "x64" ? "x86_64" : process.arch;
  const architecture = options.architecture ?? machine;
  if (!known.includes(architecture)) {
    throw new EmulatorError(`architecture: expected ${known.join(" or ")}, got ${architecture}`);
  }
  const spec = await writeTrialFunction(folder, functionRuntime);
  const setup: TrialSetup = {
    layer,
    extensions: extensions.map(({ name }) => name),
    function: { ...spec, environment: options.environment ?? {} },
    signal: options.signal,
  };
  let undisturbed: Promise<Trial> | undefined;
  return {
    layer,
    extensions,
    modes,
    architecture,
    obstacle: architecture === machine ? undefined : `it is built for ${architecture}, and this machine is ${machine}`,
    run: (plan) => runTrial(setup, plan),
    undisturbed: () => (undisturbed ??= runTrial(setup, {})),
    async said() {
      const lines = (await undisturbed)?.lines ?? [];
      return lines.filter(({ source }) => source === "extension").map((line) => attributed(line));
    },
  };
}

async function openLayer(path: string, folder: string): Promise<string> {
  const stats = await stat(path).catch(() => undefined);
  if (stats === undefined) throw new EmulatorError(`layer ${path} does not exist: build it first, or correct the path`);
  if (stats.isDirectory()) return path;
  if (!path.endsWith(".zip")) throw new EmulatorError(`layer ${path}: expected a folder or a .zip file`);
  const layer = join(folder, "layer");
  await mkdir(layer);
  await unzip(path, layer);
  return layer;
}
