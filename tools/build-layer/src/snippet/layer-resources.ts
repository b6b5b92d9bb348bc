import { existsSync } from "node:fs";
import { dirname, join, posix, relative, sep } from "node:path";
import type { Architecture } from "../config/extension-settings.ts";
import type { Project } from "../config/project.ts";
import { planLayers } from "../layer/plan-layers.ts";
import { upwards } from "../paths.ts";

/** A layer as a template names it. */
export interface LayerResource {
  readonly logicalId: string;
  /** The built folder, relative to the template's, with forward slashes. */
  readonly path: string;
  readonly architectures: readonly Architecture[];
}

/** The layers of a project, as resources of the nearest template above it (or of a template in the folder above). */
export function layerResources({ folder, settings }: Project): readonly LayerResource[] {
  const templateFolder = findTemplateFolder(folder) ?? dirname(folder);
  const plans = planLayers(settings);
  return plans.map(({ architecture, folderName }, index) => ({
    logicalId: `${toPascalCase(settings.name)}Layer${index === 0 ? "" : toPascalCase(architecture ?? "")}`,
    path: posix.join(relative(templateFolder, folder).split(sep).join("/"), "dist", folderName),
    architectures: architecture === undefined ? settings.architectures : [architecture],
  }));
}

function findTemplateFolder(folder: string): string | undefined {
  return upwards(folder).find((one) => ["template.yaml", "template.yml"].some((name) => existsSync(join(one, name))));
}

/** CloudFormation's logical ids are letters and digits. */
function toPascalCase(name: string): string {
  return name
    .split(/[^A-Za-z0-9]+/)
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join("");
}
