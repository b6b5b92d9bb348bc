import { join } from "node:path";
import type { Architecture, ExtensionSettings } from "../config/extension-settings.ts";
import type { Project } from "../config/project.ts";
import { readManifest } from "../config/read-manifest.ts";
import { engineReleases } from "../engine/engine-release.ts";
import { toBesideFile } from "./beside-file.ts";
import type { BesideFile } from "./beside-file.ts";
import { chooseBuilds, demandsOf } from "./native-builds.ts";
import { listPackage } from "./package-files.ts";
import { placePackages } from "./package-tree.ts";
import type { PlacedPackage } from "./package-tree.ts";
import { isForPlatform } from "./platform.ts";

/** What `lambdaExtension.external` names, for one architecture. */
export interface ExternalPackages {
  readonly files: readonly BesideFile[];
  /** The folders of the packages, with the bytes that they take in the layer. */
  readonly folders: ReadonlyMap<string, number>;
  /** True if another architecture may have other files. */
  readonly holdsMachineCode: boolean;
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
}

/** Finds external packages, and all that they need. Errors: none thrown; `problems` has what is missing. */
export function findPackages({ folder, settings }: Project, target: Architecture): ExternalPackages {
  const { placed, problems } = placePackages({ folder, external: settings.external, target });
  const found = placed.map((one) => copyOf(one, target, settings));
  return {
    files: found.flatMap(({ files }) => files),
    folders: new Map(found.map((one) => [one.folder, one.files.reduce((sum, { size }) => sum + size, 0)])),
    holdsMachineCode: found.some((one) => one.holdsMachineCode),
    problems: [...problems, ...found.flatMap((one) => one.problems)].map(
      (problem) => `lambdaExtension.external: ${problem}`,
    ),
    warnings: found.flatMap(({ warnings }) => warnings),
  };
}

/** Whether the layers of a project differ between architectures because of its external packages. */
export function holdsMachineCode(project: Project): boolean {
  const { external, architectures } = project.settings;
  return external.length > 0 && architectures.some((target) => findPackages(project, target).holdsMachineCode);
}

function copyOf(one: PlacedPackage, target: Architecture, settings: ExtensionSettings) {
  const { folder } = one;
  const listed = listPackage(folder);
  const { files, problem } = chooseBuilds(one, listed, target);
  const demands = files.filter(({ path }) => path.endsWith(".node")).map((file) => compare(one, file.path, settings));
  return {
    folder,
    files: files.map(({ path }) => toBesideFile(`${one.path}/${path}`, join(folder, path))),
    holdsMachineCode:
      listed.some(({ program }) => program?.kind === "linux") ||
      isForPlatform(readManifest(join(folder, "package.json"))),
    problems: [problem, ...demands.map((found) => found.problem)].filter((text) => text !== undefined),
    warnings: demands.flatMap(({ warning }) => warning ?? []),
  };
}

/** Compares what a native build asks for with what it gets. */
function compare({ name, folder }: PlacedPackage, path: string, { engine, runtime }: ExtensionSettings) {
  const { node, glibc } = demandsOf(join(folder, path));
  if (glibc !== undefined) {
    return {
      problem: `expected a native build of "${name}" for Lambda's glibc 2.34, got ${path} for glibc 2.${glibc}: build it on Amazon Linux 2023`,
    };
  }
  if (node === undefined) return {};
  const carried = engineReleases.node.x86_64.version.split(".")[0];
  if (engine === "carried" && runtime === "node") {
    if (node === carried) return {};
    return {
      problem: `expected a native build of "${name}" for Node.js ${carried}, which the layer carries, got ${path} for Node.js ${node}: run npm rebuild ${name} with Node.js ${carried}`,
    };
  }
  return {
    warning: `${name}: ${path} works with Node.js ${node} only: use the layer only with functions on that Node.js`,
  };
}
