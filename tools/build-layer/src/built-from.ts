import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { readManifest } from "./config/read-manifest.ts";
import { isRecord } from "./config/rules.ts";

/**
 * The file beside the results in `dist` that tells from what they were built. It has contents, not times: those change
 * when a folder is copied, cloned or restored from a cache. docs/layers.md describes it; the emulator reads it too.
 */
export const builtFromName = "built-from.json";

interface BuiltFrom {
  /** The names of the results beside the file. */
  readonly outputs: readonly string[];
  /** That of package.json. */
  readonly lambdaExtension: unknown;
  /** SHA-256 by path, relative to the project's folder. */
  readonly files: Readonly<Record<string, string>>;
}

/** The text of the file. `sources` are paths relative to `folder`, the project's; what is no file is left out. */
export function describeSources(
  folder: string,
  { outputs, sources }: { readonly outputs: readonly string[]; readonly sources: readonly string[] },
): string {
  const paths = [...new Set([...sources, ...packagesOf(folder, sources)])].sort();
  const described: BuiltFrom = {
    outputs,
    lambdaExtension: readManifest(join(folder, "package.json"))["lambdaExtension"],
    files: Object.fromEntries(
      paths.flatMap((path) => {
        const sha256 = hash(join(folder, path));
        return sha256 === undefined ? [] : [[path, sha256]];
      }),
    ),
  };
  return toText(described);
}

/** For a layer that `--out` or `--zip` replaces: what the file beside it says is about the earlier layer. */
export function forgetLayer(layer: string): void {
  const path = join(dirname(layer), builtFromName);
  const described = readJson(path);
  if (!isBuiltFrom(described) || !described.outputs.includes(basename(layer))) return;
  const outputs = described.outputs.filter((name) => name !== basename(layer));
  writeFileSync(path, toText({ ...described, outputs }));
}

function toText(described: BuiltFrom): string {
  return `${JSON.stringify(described, undefined, 2)}\n`;
}

/** pnpm keeps each version of a package in a folder of its own: only the link in node_modules leads to another one. */
function packagesOf(folder: string, sources: readonly string[]): readonly string[] {
  return sources
    .flatMap((path) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? [])
    .map((name) => `node_modules/${name}/package.json`)
    .filter((path) => existsSync(join(folder, path)));
}

/**
 * A warning if a source of a layer in `dist`, a folder or a zip, has changed since `build-layer` wrote the layer.
 * Returns undefined for a layer without `built-from.json` beside it. A source that is not there proves nothing: a copy
 * may be without node_modules. Paths in the warning are relative to `cwd`.
 */
export function changeWarning(layer: string, cwd: string): string | undefined {
  const path = resolve(cwd, layer);
  const folder = dirname(dirname(path));
  const manifest = readJson(join(folder, "package.json"));
  const described = readJson(join(dirname(path), builtFromName));
  if (!isRecord(manifest) || !isBuiltFrom(described) || !described.outputs.includes(basename(path))) return undefined;
  const isOther = JSON.stringify(manifest["lambdaExtension"]) !== JSON.stringify(described.lambdaExtension);
  const changed = isOther
    ? "package.json"
    : Object.entries(described.files).find(
        ([file, sha256]) => ![undefined, sha256].includes(hash(join(folder, file))),
      )?.[0];
  if (changed === undefined) return undefined;
  const isScript = isRecord(manifest["scripts"]) && typeof manifest["scripts"]["build"] === "string";
  const place = relative(cwd, folder);
  const command = `${isScript ? "npm run build" : "npx build-layer"}${place === "" ? "" : ` in ${place}`}`;
  return `${relative(cwd, join(folder, changed))} has changed since ${relative(cwd, path)} was built: run ${command}`;
}

function isBuiltFrom(value: unknown): value is BuiltFrom {
  return isRecord(value) && Array.isArray(value["outputs"]) && isRecord(value["files"]);
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
}

/** Undefined if the file cannot be read: esbuild also lists inputs that are no files. */
function hash(path: string): string | undefined {
  try {
    return createHash("sha256").update(readFileSync(path)).digest("hex");
  } catch {
    return undefined;
  }
}
