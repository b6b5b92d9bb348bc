import { statSync } from "node:fs";
import { isAbsolute, join, resolve } from "node:path";
import { BuildError } from "../build-error.ts";
import { findInstalled } from "./installed-package.ts";
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
 * `@lambda-extension/logger` means what that package exports as `./extension`; with a subpath, that export.
 * Errors: `BuildError` where there is neither, or the package's own package.json cannot be read.
 */
export function findEntry(projectFolder: string, entry: string): Entry {
  const path = resolve(projectFolder, entry);
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat?.isFile() === true) {
    if (!sourceFile.test(path)) {
      throw new BuildError(`lambdaExtension.entry: expected a file of TypeScript or JavaScript, got "${entry}"`);
    }
    return { kind: "file", path };
  }
  const name = packageNameOf(entry);
  if (stat !== undefined && (name === undefined || findInstalled(projectFolder, name) === undefined)) {
    throw new BuildError(
      `lambdaExtension.entry: expected a file, got "${entry}", which is ${stat.isDirectory() ? "a folder" : "something else"}`,
    );
  }
  if (name === undefined) {
    throw new BuildError(`lambdaExtension.entry: expected a file, got "${entry}", and there is no ${path}`);
  }
  const installed = findInstalled(projectFolder, name);
  if (installed === undefined) {
    throw new BuildError(
      `lambdaExtension.entry: expected a file or an installed package, got "${entry}": there is no ${path}, ` +
        `and no package ${name} in node_modules (npm install ${name})`,
    );
  }
  const settings = readManifest(join(installed, "package.json"))["lambdaExtension"];
  const specifier = entry === name ? `${name}/extension` : entry;
  return { kind: "package", specifier, settings };
}

/** `@scope/name` or `name` of a specifier that could be a package; undefined for paths and names of source files. */
function packageNameOf(specifier: string): string | undefined {
  if (specifier.startsWith(".") || isAbsolute(specifier)) return undefined;
  const name = /^(@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*/.exec(specifier)?.[0];
  const rest = name === undefined ? "" : specifier.slice(name.length);
  return name !== undefined && (rest === "" || rest.startsWith("/")) && !sourceFile.test(specifier) ? name : undefined;
}
