import { architectures as allArchitectures } from "../config/extension-settings.ts";
import type { Architecture, ExtensionSettings } from "../config/extension-settings.ts";

/** A layer to be made, and the names it gets under `dist/`. */
export interface LayerPlan {
  /** What its machine code is for; undefined where it holds none. */
  readonly architecture: Architecture | undefined;
  /** `layer`, or `layer-arm64` for every further architecture. */
  readonly folderName: string;
  /** `my-extension.zip`, or `my-extension-arm64.zip` where each architecture has a zip. */
  readonly zipName: string;
}

/**
 * One layer for all architectures when it holds no machine code, else one for each: the first in the list is `layer`,
 * so that `ContentUri: layer/dist/layer` in a template means the same on every machine.
 */
export function planLayers({ name, engine, architectures }: ExtensionSettings): readonly [LayerPlan, ...LayerPlan[]] {
  const [first, ...others] = architectures;
  if (engine === "shared") return [{ architecture: undefined, folderName: "layer", zipName: `${name}.zip` }];
  const zipOf = (one: Architecture): string => (others.length === 0 ? `${name}.zip` : `${name}-${one}.zip`);
  return [
    { architecture: first, folderName: "layer", zipName: zipOf(first) },
    ...others.map((one) => ({ architecture: one, folderName: `layer-${one}`, zipName: zipOf(one) })),
  ];
}

/**
 * Every name under `dist/` that some plan for this extension could use: what is not made now was left by other
 * settings.
 */
export function everyOutputName(name: string): readonly string[] {
  const perArchitecture = allArchitectures.flatMap((one) => [`layer-${one}`, `${name}-${one}.zip`]);
  return ["layer", `${name}.zip`, ...perArchitecture];
}
