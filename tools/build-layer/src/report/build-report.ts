import type { BesidePart } from "../beside/beside.ts";
import type { Source } from "../bundle/bundle.ts";
import type { Architecture } from "../config/extension-settings.ts";
import type { StartUp } from "../start-up/measure-layer.ts";

/** What was made. Sizes in bytes. */
export interface BuildReport {
  readonly name: string;
  readonly bundleBytes: number;
  /** What the bundle was made of. */
  readonly sources: readonly Source[];
  /** What lies beside it: assets and external packages. */
  readonly beside: readonly BesidePart[];
  /** Folders in which a new file may be an asset. Absolute paths. */
  readonly assetFolders: readonly string[];
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
