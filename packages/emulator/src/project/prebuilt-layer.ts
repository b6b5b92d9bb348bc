import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { isValueList, isValueMap, own } from "../template/value.ts";
import type { Value } from "../template/value.ts";
import { readPackage } from "./plan-code.ts";
import { shortPath } from "./workspace.ts";

/**
 * A warning if a source of a layer has changed since build-layer wrote the layer, a folder or a zip. It compares the
 * hashes of `built-from.json` beside the layer. Returns undefined if that file is not there, and for a source that is
 * not there: a copy may be without node_modules. Source: docs/layers.md.
 */
export async function changeWarning(layer: string, cwd: string): Promise<string | undefined> {
  const described = await readValue(join(dirname(layer), "built-from.json"));
  const outputs = own(described, "outputs");
  const folder = dirname(dirname(layer));
  const manifest = await readPackage(folder);
  if (manifest === undefined || !isValueList(outputs) || !outputs.includes(basename(layer))) return undefined;
  const changed = await findChange(folder, { described, manifest });
  if (changed === undefined) return undefined;
  const command = typeof own(own(manifest, "scripts"), "build") === "string" ? "npm run build" : "npx build-layer";
  const place = folder === cwd ? "" : ` in ${shortPath(folder, cwd)}`;
  return `${shortPath(join(folder, changed), cwd)} has changed since ${shortPath(layer, cwd)} was built: run ${command}${place}`;
}

async function findChange(
  folder: string,
  { described, manifest }: { readonly described: Value | undefined; readonly manifest: Value },
): Promise<string | undefined> {
  const settings = [manifest, described].map((from) => JSON.stringify(own(from, "lambdaExtension")));
  if (settings[0] !== settings[1]) return "package.json";
  const files = own(described, "files");
  if (!isValueMap(files)) return undefined;
  for (const [file, sha256] of Object.entries(files)) {
    const content = await readFile(join(folder, file)).catch(() => undefined);
    if (content !== undefined && createHash("sha256").update(content).digest("hex") !== sha256) return file;
  }
  return undefined;
}

async function readValue(path: string): Promise<Value | undefined> {
  try {
    return JSON.parse(await readFile(path, "utf8")) as Value;
  } catch {
    return undefined;
  }
}
