import type { Bundle } from "../bundle/bundle.ts";
import type { Architecture } from "../config/extension-settings.ts";
import type { Project } from "../config/project.ts";
import { engineFiles } from "../engine/carried-engine.ts";
import type { EngineSource } from "../engine/carried-engine.ts";
import { engineReleases } from "../engine/engine-release.ts";
import { renderLauncher } from "../launcher/render-launcher.ts";
import type { LayerFile } from "./layer-file.ts";

/**
 * Everything in a layer: the launcher in `extensions/`, alone there because Lambda executes every file of that folder,
 * and beside it the extension's own folder with its bundle and, where one is carried, its engine.
 */
export async function layerFiles(
  { folder, settings }: Project,
  { bundle, architecture }: { readonly bundle: Bundle; readonly architecture: Architecture | undefined },
  source: Omit<EngineSource, "projectFolder">,
): Promise<readonly LayerFile[]> {
  const { name } = settings;
  const launcher = new TextEncoder().encode(renderLauncher(settings));
  const map: readonly LayerFile[] =
    bundle.sourceMap === undefined
      ? []
      : [{ path: `${name}/index.cjs.map`, mode: 0o644, content: { kind: "bytes", bytes: bundle.sourceMap } }];
  const engine =
    architecture === undefined
      ? []
      : await engineFiles(engineReleases[settings.runtime][architecture], name, { ...source, projectFolder: folder });
  return [
    { path: `extensions/${name}`, mode: 0o755, content: { kind: "bytes", bytes: launcher } },
    { path: `${name}/index.cjs`, mode: 0o644, content: { kind: "bytes", bytes: bundle.code } },
    ...map,
    ...engine,
  ];
}
