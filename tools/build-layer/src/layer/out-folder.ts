import { lstatSync, readdirSync, realpathSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join, relative, sep } from "node:path";
import { BuildError } from "../build-error.ts";
import { readHead } from "../check/read-folder.ts";
import type { Project } from "../config/project.ts";
import { upwards, whatIsAt } from "../paths.ts";

/** What lies at the top of a project, a repository or a build, and of no layer. */
const marks = [
  /^\.(git|hg|svn|aws-sam|changeset|github|vscode|idea|ssh|aws)$/,
  /^(node_modules|src|package\.json|package-lock\.json|npm-shrinkwrap\.json|pnpm-.*\.yaml|yarn\.lock|bun\.lockb?)$/,
  /^(tsconfig.*\.json|template\.(ya?ml|json)|samconfig\.(toml|ya?ml)|cdk\.(json|out)|serverless\.(ya?ml|ts|json))$/,
  /^(Makefile|Dockerfile|go\.mod|Cargo\.toml|pyproject\.toml|pom\.xml|build\.gradle(\.kts)?)$/,
  /\.[cm]?tsx?$/,
];

/**
 * Refuses a folder for `--out` in which a layer would lie among other things: a build adds two folders to it, and
 * everything in it is shipped. SAM's ARTIFACTS_DIR is empty, or has what the same Makefile put there.
 * Errors: `BuildError` that names the first thing found.
 */
export function checkOutFolder(target: string, project: Project): void {
  const refuse = (why: string): void => {
    throw new BuildError(`--out: expected a folder for a layer, got ${why}; name an empty folder, or a new one`);
  };
  const place = explainPlace(target, project);
  if (place !== undefined) refuse(`${target}, which ${place}`);
  const foreign = findForeign(target, project.settings.name);
  if (foreign !== undefined) refuse(`one in which ${foreign} is something else`);
}

function explainPlace(target: string, { folder, entry }: Project): string | undefined {
  const ofTools = relative(folder, target)
    .split(sep)
    .find((name) => name === "node_modules" || name === ".git");
  if (ofTools !== undefined) return `lies in ${ofTools}`;
  if (whatIsAt(target) !== "a folder") return undefined;
  const real = realpathSync(target);
  if (real === dirname(real)) return "is the root of the file system";
  if (real === realOf(homedir())) return "is your home folder";
  const own = realpathSync(folder);
  if (real === own) return "is the folder of this package";
  if (upwards(own).includes(real)) return "contains this package";
  const names = readdirSync(real);
  const mark = marks.flatMap((pattern) => names.filter((name) => pattern.test(name)))[0];
  if (mark !== undefined) return `contains ${mark}`;
  if (whatIsAt(join(real, "layer", "extensions")) === "a folder") {
    return "contains layer/, the result of a build without --out";
  }
  const source = entry.kind === "file" ? realpathSync(entry.path) : undefined;
  return source !== undefined && upwards(source).includes(real)
    ? `contains the source ${relative(real, source)}`
    : undefined;
}

/** The folder may be missing: a container's user often has none. */
function realOf(path: string): string {
  return whatIsAt(path) === "a folder" ? realpathSync(path) : path;
}

/** A build replaces the extension's folder and its launcher as a whole: they must be an earlier result, or missing. */
function findForeign(target: string, name: string): string | undefined {
  const isFolder = (path: string): boolean => whatIsAt(path) === "a folder";
  const isFile = (path: string): boolean => !isFolder(path) && whatIsAt(path) !== "nothing";
  // Through a link the build would write into another folder.
  const isLink = (path: string): boolean => lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
  const isForeign = (path: string): boolean =>
    isFile(path) || (isFolder(path) && !isFile(join(path, "index.cjs")) && readdirSync(path).length > 0);
  const extensions = join(target, "extensions");
  if (isFile(target)) return target;
  return [
    ...[extensions].filter((path) => isFile(path) || isLink(path)),
    ...[join(extensions, name)].filter((path) => isFolder(path) || (isFile(path) && !isLauncher(path))),
    ...[join(target, name)].filter((path) => isForeign(path) || isLink(path)),
  ][0];
}

/** True if `build-layer` wrote this file: a launcher has the settings of its extension as local variables. */
function isLauncher(path: string): boolean {
  return whatIsAt(path) === "a file" && Buffer.from(readHead(path)).includes("\n  local extension=");
}
