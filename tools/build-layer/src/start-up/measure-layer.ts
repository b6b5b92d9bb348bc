import { join } from "node:path";
import { architectureOfHost } from "../config/extension-settings.ts";
import type { Architecture, ExtensionSettings } from "../config/extension-settings.ts";
import { measureStartUp } from "./measure-start-up.ts";
import type { StartUpTimes } from "./measure-start-up.ts";

/** The machine that measures. */
export interface Host {
  /** The path of its Node.js. */
  readonly node: string;
  readonly platform: NodeJS.Platform;
  readonly arch: string;
}

/** A layer on disk. */
export interface LayerOnDisk {
  readonly folder: string;
  /** Undefined where it holds no machine code. */
  readonly architecture: Architecture | undefined;
}

/** How long an extension takes to its first `next`. Units: milliseconds; medians. */
export interface StartUp {
  readonly nextMs: number;
  /** A Node.js that does nothing, from start to end. */
  readonly bareMs: number;
  /** The first divided by the second, round by round: what drifts with the machine's speed cancels out. */
  readonly ratio: number;
}

/**
 * Measures the first layer that this machine can run, with the defaults of its `environment` set; undefined where there
 * is none. A layer that carries Node.js is compared with that one, any other with the host's.
 * Errors: `BuildError` where the extension never asks for its first event.
 */
export async function measureLayer(
  { name, engine, runtime, environment }: ExtensionSettings,
  layers: readonly LayerOnDisk[],
  { node, platform, arch }: Host,
): Promise<StartUp | undefined> {
  const runnable = layers.find(
    ({ architecture }) => architecture === undefined || architecture === architectureOfHost[arch],
  );
  // Elsewhere neither Lambda's programs run nor, on macOS, the launcher: its bash is of 2007.
  if (runnable === undefined || platform !== "linux") return undefined;
  const { folder } = runnable;
  const times = await measureStartUp({
    launcher: join(folder, "extensions", name),
    hostNode: node,
    bareNode: engine === "carried" && runtime === "node" ? join(folder, name, "bin/node") : node,
    environment: Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== "")),
  });
  return toStartUp(times);
}

/** What rounds of a measurement say together. */
export function toStartUp({ next, bare }: StartUpTimes): StartUp {
  const ratios = next.map((ms, round) => ms / (bare[round] ?? NaN));
  return { nextMs: median(next), bareMs: median(bare), ratio: median(ratios) };
}

/** The middle one; of an even count the upper of the two in the middle. */
function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}
