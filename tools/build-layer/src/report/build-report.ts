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
  /** Undefined if it was not measured. */
  readonly startUp: StartUp | undefined;
  readonly layers: readonly BuiltLayer[];
}

/** One layer, as a folder, a zip or both. Units: bytes. */
export interface BuiltLayer {
  /** Undefined if the layer holds no machine code. */
  readonly architecture: Architecture | undefined;
  /** Undefined if only a zip was made. */
  readonly folder: string | undefined;
  readonly unzippedBytes: number;
  /** Undefined if only a folder was made. */
  readonly zip: { readonly path: string; readonly bytes: number } | undefined;
}
