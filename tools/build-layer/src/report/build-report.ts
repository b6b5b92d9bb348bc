import type { Source } from "../bundle/bundle.ts";
import type { Architecture } from "../config/extension-settings.ts";
import type { StartUp } from "../start-up/measure-layer.ts";

/** What was made. Sizes in bytes. */
export interface BuildReport {
  readonly name: string;
  readonly bundleBytes: number;
  /** What the bundle was made of. */
  readonly sources: readonly Source[];
  readonly warnings: readonly string[];
  /** Undefined where it was not measured. */
  readonly startUp: StartUp | undefined;
  readonly layers: readonly BuiltLayer[];
}

/** One layer, as a folder, a zip or both. Units: bytes. */
export interface BuiltLayer {
  /** Undefined where the layer holds no machine code. */
  readonly architecture: Architecture | undefined;
  /** Undefined where only a zip was asked for. */
  readonly folder: string | undefined;
  readonly unzippedBytes: number;
  /** Undefined where only a folder was asked for. */
  readonly zip: { readonly path: string; readonly bytes: number } | undefined;
}
