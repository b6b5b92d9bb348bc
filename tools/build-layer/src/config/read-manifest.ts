import { readFileSync } from "node:fs";
import { BuildError } from "../build-error.ts";
import { whatIsAt } from "../paths.ts";
import { isRecord } from "./rules.ts";

/**
 * Reads a package.json; as npm does, also one that begins with a byte order mark.
 * Errors: `BuildError` that names the file, if it is not there, is no file, or holds no JSON object.
 */
export function readManifest(path: string): Readonly<Record<string, unknown>> {
  const there = whatIsAt(path);
  if (there !== "a file") {
    throw new BuildError(
      `${path}: expected the package.json of an extension, got ${there}. Run build-layer in its folder`,
    );
  }
  const text = readFileSync(path, "utf8").replace(/^\uFEFF/, "");
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
