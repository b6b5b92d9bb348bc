import { architectures as allArchitectures } from "../config/extension-settings.ts";
import type { Architecture, ExtensionSettings } from "../config/extension-settings.ts";

/** A layer to make, and its names under `dist/`. */
export interface LayerPlan {
  /** The architecture of its machine code; undefined if it holds no machine code. */
  readonly architecture: Architecture | undefined;
  /** `layer`, or `layer-arm64` for every further architecture. */
  readonly folderName: string;
  /** `my-extension.zip`, or `my-extension-arm64.zip` if each architecture has a zip. */
  readonly zipName: string;
}

/**
 * One layer for all architectures when it holds no machine code, else one for each: the first in the list is `layer`,
 * so that `ContentUri: layer/dist/layer` in a template means the same on every machine. `holdsMachineCode`: beside the
 * bundle, in its external packages.
 */
export function planLayers(
  { name, engine, architectures }: ExtensionSettings,
  holdsMachineCode: boolean,
): readonly [LayerPlan, ...LayerPlan[]] {
  const [first, ...others] = architectures;
  if (engine === "shared" && !holdsMachineCode) {
    return [{ architecture: undefined, folderName: "layer", zipName: `${name}.zip` }];
  }
  const zipOf = (one: Architecture): string => (others.length === 0 ? `${name}.zip` : `${name}-${one}.zip`);
  return [
    { architecture: first, folderName: "layer", zipName: zipOf(first) },
    ...others.map((one) => ({ architecture: one, folderName: `layer-${one}`, zipName: zipOf(one) })),
  ];
}

/**
 * Every name under `dist/` that an extension of this name could use with any settings. A build removes those that it
 * does not make.
 */
export function everyOutputName(name: string): readonly string[] {
  const perArchitecture = allArchitectures.flatMap((one) => [`layer-${one}`, `${name}-${one}.zip`]);
  return ["layer", `${name}.zip`, ...perArchitecture];
}
