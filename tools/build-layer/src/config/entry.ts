import { existsSync } from "node:fs";
import { isAbsolute, join, resolve } from "node:path";
import { BuildError } from "../build-error.ts";
import { notOnNpm } from "../own-version.ts";
import { upwards, whatIsAt } from "../paths.ts";
import { readManifest } from "./read-manifest.ts";

/** What is bundled: a file of the project, or what a package exports as its extension program. */
export type Entry =
  | { readonly kind: "file"; readonly path: string }
  | {
      readonly kind: "package";
      /** What esbuild resolves, such as `@lambda-extension/logger/extension`. */
      readonly specifier: string;
      /** The package's own `lambdaExtension`, whose `events` and `register` are defaults. */
      readonly settings: unknown;
    };

const sourceFile = /\.[cm]?[jt]sx?$/;

/**
 * Finds what `lambdaExtension.entry` names, seen from `projectFolder`. An existing file wins; a name such as
 * `@lambda-extension/logger` means what that package exports as `./extension`; a name with a subpath means that export.
 * Errors: `BuildError` if there is neither, or the package's own package.json cannot be read.
 */
export function findEntry(projectFolder: string, entry: string): Entry {
  const path = resolve(projectFolder, entry);
  const there = whatIsAt(path);
  if (there === "a file") {
    if (sourceFile.test(path)) return { kind: "file", path };
    throw new BuildError(`lambdaExtension.entry: expected a file of TypeScript or JavaScript, got "${entry}"`);
  }
  const name = packageNameOf(entry);
  const installed = name === undefined ? undefined : findInstalled(projectFolder, name);
  if (installed !== undefined) {
    const settings = readManifest(join(installed, "package.json"))["lambdaExtension"];
    return { kind: "package", specifier: entry === name ? `${name}/extension` : entry, settings };
  }
  if (there !== "nothing") {
    throw new BuildError(`lambdaExtension.entry: expected a file, got "${entry}", which is ${there}`);
  }
  const hint = name?.startsWith("@lambda-extension/") === true && notOnNpm() !== "" ? `. ${notOnNpm()}` : "";
  throw new BuildError(
    name === undefined
      ? `lambdaExtension.entry: expected a file, got "${entry}", and there is no ${path}`
      : `lambdaExtension.entry: expected a file or an installed package, got "${entry}": there is no ${path}, ` +
          `and no package ${name} in node_modules (npm install ${name})${hint}`,
  );
}

/**
 * Finds an installed package as Node does, in each node_modules from `fromFolder` upwards, but also if the package does
 * not export its package.json. Returns its folder; undefined if it is not installed.
 */
export function findInstalled(fromFolder: string, packageName: string): string | undefined {
  return upwards(fromFolder)
    .map((folder) => join(folder, "node_modules", packageName))
    .find((candidate) => existsSync(join(candidate, "package.json")));
}

/** `@scope/name` or `name` of a specifier that could be a package; undefined for paths and names of source files. */
function packageNameOf(specifier: string): string | undefined {
  if (specifier.startsWith(".") || isAbsolute(specifier)) return undefined;
  const name = /^(@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*/.exec(specifier)?.[0];
  const rest = name === undefined ? "" : specifier.slice(name.length);
  return name !== undefined && (rest === "" || rest.startsWith("/")) && !sourceFile.test(specifier) ? name : undefined;
}
