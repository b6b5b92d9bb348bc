import { join } from "node:path";
import { architectureOfHost } from "../config/extension-settings.ts";
import type { Architecture, ExtensionSettings } from "../config/extension-settings.ts";
import { measureStartUp } from "./measure-start-up.ts";
import { toStartUp } from "./start-up.ts";
import type { StartUp } from "./start-up.ts";

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
