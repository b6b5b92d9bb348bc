import type { Metafile } from "esbuild";
import type { ExtensionSettings } from "../config/extension-settings.ts";

/** Modules that Node.js 20 lacks, with the version that brought them. */
const newerThan20: Readonly<Record<string, number>> = { "node:sqlite": 22 };
/** Modules that Node.js 20 has and Bun does not. */
const missingInBun = ["node:sea", "node:test/reporters"];

/** What is wrong with modules, one line each. */
export interface ModuleFindings {
  /** What ends the extension at its start. */
  readonly problems: readonly string[];
  /** What may end it: a `require` that the package may guard. */
  readonly warnings: readonly string[];
}

/**
 * Compares the modules that a bundle leaves to its engine with those that the engine has. A shared engine may be
 * Node.js 20. `known` are the modules of the Node.js that runs the build. Every `import()` passes: the program may ask
 * first whether the module exists.
 */
export function checkModules(
  { inputs, outputs }: Pick<Metafile, "inputs" | "outputs">,
  engine: Pick<ExtensionSettings, "engine" | "runtime" | "external">,
  known: readonly string[],
): ModuleFindings {
  const left = new Set(
    Object.values(outputs).flatMap(({ imports }) => imports.filter(({ external }) => external).map(({ path }) => path)),
  );
  const problems: string[] = [];
  const warnings: string[] = [];
  const isKnown = (path: string): boolean => path.startsWith("node:") || known.includes(path);
  for (const [file, { imports }] of Object.entries(inputs)) {
    for (const { path, kind, external } of imports) {
      if (external !== true || !left.has(path) || isOfPackage(path, engine.external)) continue;
      // A package that is not installed and may be missing: esbuild lets only a `require` inside `try` pass.
      if (kind === "require-call" && !isKnown(path)) continue;
      const lack = lackOf(path, engine, known);
      if (lack === undefined) continue;
      if (kind === "import-statement") problems.push(`${file}: ${lack}`);
      else if (kind === "require-call") warnings.push(`${file}: ${lack}`);
    }
  }
  return { problems, warnings };
}

/** Whether an import is of one of the packages, or of a file in one. */
function isOfPackage(path: string, packages: readonly string[]): boolean {
  return packages.some((name) => path === name || path.startsWith(`${name}/`));
}

function lackOf(
  path: string,
  { engine, runtime }: Pick<ExtensionSettings, "engine" | "runtime">,
  known: readonly string[],
): string | undefined {
  const name = path.startsWith("node:") ? path : `node:${path}`;
  const since = newerThan20[name];
  if (since === undefined && !known.some((module) => module === name || `node:${module}` === name)) {
    return `expected a module of Node.js, got "${path}", which Node.js does not have`;
  }
  if (engine !== "carried" && since !== undefined) {
    return `expected a module that Node.js 20 has, because the engine "${engine}" may be Node.js 20, got "${path}" of Node.js ${since}: load it with import() if it exists, or set "engine": "carried"`;
  }
  if (engine !== "shared" && runtime === "bun" && missingInBun.includes(name)) {
    return `expected a module that Bun has, got "${path}": set "runtime": "node"`;
  }
  return undefined;
}
