import { readFileSync } from "node:fs";
import { BuildError } from "../build-error.ts";
import { codeOf } from "../file-error.ts";
import { isRecord } from "./rules.ts";

/**
 * Reads a package.json; as npm does, also one that begins with a byte order mark.
 * Errors: `BuildError` that names the file, where it is not there, is no file, or holds no JSON object.
 */
export function readManifest(path: string): Readonly<Record<string, unknown>> {
  const text = readText(path).replace(/^\uFEFF/, "");
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new BuildError(`${path}: expected JSON, got ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
  if (!isRecord(value)) throw new BuildError(`${path}: expected a JSON object, got ${text.slice(0, 40)}`);
  return value;
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const code = codeOf(error);
    if (code !== "ENOENT" && code !== "EISDIR") throw error;
    const got = code === "ENOENT" ? "nothing" : "a folder";
    throw new BuildError(
      `${path}: expected the package.json of an extension, got ${got}. Run build-layer in its folder`,
      { cause: error },
    );
  }
}
