import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import type { Beside } from "../beside/beside.ts";
import type { Bundle } from "../bundle/bundle.ts";
import type { ExtensionSettings } from "../config/extension-settings.ts";
import type { Project } from "../config/project.ts";
import type { EngineSource } from "../engine/cached-engine.ts";
import { engineFiles } from "../engine/carried-engine.ts";
import { engineReleases } from "../engine/engine-release.ts";
import type { LayerFile } from "./layer-file.ts";
import type { LayerPlan } from "./plan-layers.ts";

/**
 * Everything in a layer: the launcher in `extensions/`, alone there because Lambda executes every file of that folder,
 * and beside it the extension's own folder with its bundle, what lies beside the bundle, and, if the layer carries one,
 * its engine.
 * Errors: those of `engineFiles`.
 */
export async function layerFiles(
  { folder, settings }: Project,
  {
    bundle,
    beside,
    architecture,
  }: Pick<LayerPlan, "architecture"> & { readonly bundle: Bundle; readonly beside: Beside },
  source: Omit<EngineSource, "projectFolder">,
): Promise<readonly LayerFile[]> {
  const { name, engine: kind, runtime } = settings;
  const files = [toFile(`extensions/${name}`, 0o755, new TextEncoder().encode(renderLauncher(settings)))];
  files.push(toFile(`${name}/index.cjs`, 0o644, bundle.code));
  if (bundle.sourceMap !== undefined) files.push(toFile(`${name}/index.cjs.map`, 0o644, bundle.sourceMap));
  for (const { path, from, mode } of beside.filesFor(architecture)) {
    files.push(toFile(`${name}/${path}`, mode, await readFile(from)));
  }
  if (architecture === undefined || kind === "shared") return files;
  const engine = await engineFiles(engineReleases[runtime][architecture], name, { ...source, projectFolder: folder });
  return [...files, ...engine];
}

function toFile(path: string, mode: LayerFile["mode"], bytes: Uint8Array): LayerFile {
  return { path, mode, content: { kind: "bytes", bytes } };
}

/**
 * Returns the text of `extensions/<name>`: launcher.bash with the settings in place of its marker, with LF line ends.
 * The values come from parsed settings and need no quoting.
 */
export function renderLauncher({
  name,
  events,
  register,
  start,
  engine,
  runtime,
  sourceMap,
}: ExtensionSettings): string {
  const settings = [
    `extension=${name}`,
    `events=${events.join(",")}`,
    // Managed Instances refuse INVOKE with 403, which would end the function's init.
    `managed_events=${events.filter((event) => event !== "INVOKE").join(",")}`,
    `register=${register}`,
    `start=${start}`,
    `engine=${engine}`,
    `runtime=${runtime}`,
    `node_options=(${sourceMap ? "--enable-source-maps" : ""})`,
  ];
  const template = readFileSync(new URL("launcher.bash", import.meta.url), "utf8");
  return template.replace("### settings ###", () => settings.map((setting) => `local ${setting}`).join("\n  "));
}
