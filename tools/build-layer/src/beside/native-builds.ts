import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Architecture } from "../config/extension-settings.ts";
import type { PackageFile } from "./package-files.ts";
import type { PlacedPackage } from "./package-tree.ts";

/** The files of a package that Lambda's system and processor can use. */
export interface NativeChoice {
  readonly files: readonly PackageFile[];
  readonly problem: string | undefined;
}

/**
 * Leaves out compiled code for other systems and processors. A package without any for `target` has a problem if it
 * has some for another one, or was installed without its build.
 */
export function chooseBuilds(
  { name, folder, isNeeded }: Pick<PlacedPackage, "name" | "folder" | "isNeeded">,
  files: readonly PackageFile[],
  target: Architecture,
): NativeChoice {
  const isRight = ({ program }: PackageFile): boolean => program?.kind === "linux" && program.architecture === target;
  const chosen = files.filter((file) => file.program === undefined || isRight(file));
  // A program for Windows beside scripts for Linux is no sign that one for Linux is missing.
  const wrong = files.find((file) => isNative(file) && !isRight(file));
  if (chosen.some(isRight)) return { files: chosen, problem: undefined };
  if (wrong !== undefined) {
    return {
      files: chosen,
      problem:
        `expected a native build of "${name}" for ${target}, got ${wrong.path} for ${systemOf(wrong)}: ` +
        `install "${name}" on a machine of that kind, or set "architectures" to those that are installed`,
    };
  }
  const isUnbuilt = isNeeded && existsSync(join(folder, "binding.gyp"));
  return {
    files: chosen,
    problem: isUnbuilt
      ? `expected a native build of "${name}" for ${target}, got none in ${folder}: run npm rebuild ${name} with install scripts allowed`
      : undefined,
  };
}

function isNative({ path, program }: PackageFile): boolean {
  return program?.kind === "linux" || (program !== undefined && path.endsWith(".node"));
}

function systemOf({ program }: PackageFile): string {
  return program?.kind === "linux" ? (program.architecture ?? "another processor") : (program?.system ?? "");
}

/** The newest glibc that Lambda has. Source: https://docs.aws.amazon.com/linux/al2023/ug/core-glibc.html */
const glibcOfLambda = 34;

/** `process.versions.modules` of Node.js. Source: https://github.com/nodejs/node/blob/main/doc/abi_version_registry.json */
const nodeOfModules: Readonly<Record<string, string>> = { 115: "20", 127: "22", 137: "24" };

/** What a native build asks of the machine it runs on. */
export interface Demands {
  /** The one version of Node.js that can load it; undefined if every version can, as with Node-API. */
  readonly node: string | undefined;
  /** The minor version of glibc 2, if Lambda's is older. */
  readonly glibc: number | undefined;
}

/** Reads the names that a native build links to. Errors: the file system's. */
export function demandsOf(path: string): Demands {
  const text = readFileSync(path, "latin1");
  const modules = /node_register_module_v(\d+)/.exec(text)?.[1];
  const glibc = Math.max(0, ...[...text.matchAll(/GLIBC_2\.(\d+)/g)].map(([, minor]) => Number(minor)));
  return {
    node: modules && (nodeOfModules[modules] ?? `with process.versions.modules ${modules}`),
    glibc: glibc > glibcOfLambda ? glibc : undefined,
  };
}
