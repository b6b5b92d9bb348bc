import { EmulatorError } from "../errors.ts";
import { placeOf } from "../template/read-yaml.ts";
import type { Value } from "../template/value.ts";
import { jsonErrorOffset } from "./json-error.ts";

/** Parses JSON. Errors: `EmulatorError` that names `source` and the place where the text stops being JSON. */
export function parseJson(text: string, source: string): Value {
  try {
    return JSON.parse(text) as Value;
  } catch {
    const offset = jsonErrorOffset(text) ?? text.length;
    const { line, column } = placeOf(text, offset);
    const found = /^\S{1,20}/.exec(text.slice(offset))?.[0];
    const what = found === undefined ? "the text ends too early" : `unexpected ${JSON.stringify(found)}`;
    throw new EmulatorError(`${source} is not JSON: ${what} at line ${line}, column ${column}`);
  }
}
