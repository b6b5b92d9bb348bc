import { EmulatorError } from "./emulator-error.ts";

/** Parses JSON. Errors: `EmulatorError` that names `source` and the place where the text stops being JSON. */
export function parseJson(text: string, source: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    const offset = jsonErrorOffset(text) ?? text.length;
    const { line, column } = placeOf(text, offset);
    const found = /^\S{1,20}/.exec(text.slice(offset))?.[0];
    const what = found === undefined ? "the text ends too early" : `unexpected ${JSON.stringify(found)}`;
    throw new EmulatorError(`${source} is not JSON: ${what} at line ${line}, column ${column}`);
  }
}

/** Line and column of an offset in a text. Units: both count from 1. */
export function placeOf(text: string, offset: number): { readonly line: number; readonly column: number } {
  const lines = text.slice(0, offset).split("\n");
  return { line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 };
}

/**
 * The offset of the first character at which a text stops being JSON; undefined where it is JSON.
 * `JSON.parse` tells it in some of its messages only, and not on Node 20.
 * Source: https://www.rfc-editor.org/rfc/rfc8259
 */
export function jsonErrorOffset(text: string): number | undefined {
  const open: ("[" | "{")[] = [];
  let expect: Expectation = "value";
  let at = 0;
  while (true) {
    tokenPattern.lastIndex = at;
    const match = tokenPattern.exec(text);
    const start = skipSpace(text, at);
    if (match === null) return expect === "end" && start === text.length ? undefined : start;
    const [, mark, string] = match;
    const next = step(mark ?? (string === undefined ? "literal" : "string"), expect, open);
    if (next === undefined) return start;
    expect = next;
    at = tokenPattern.lastIndex;
  }
}

/**
 * White space, then a mark, a string or a literal. The ranges of a string leave out controls, `"` and the backslash.
 */
const tokenPattern =
  /[\t\n\r ]*(?:([[\]{},:])|("[ !#-[\]-\uffff]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[ !#-[\]-\uffff]*)*")|(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null))/y;

type Expectation = "value" | "value or ]" | "key" | "key or }" | ":" | ", or close" | "end";

function step(token: string, expect: Expectation, open: ("[" | "{")[]): Expectation | undefined {
  const afterValue = (): Expectation => (open.length === 0 ? "end" : ", or close");
  if (expect === "value" || expect === "value or ]") {
    if (token === "string" || token === "literal") return afterValue();
    if (token === "[" || token === "{") {
      open.push(token);
      return token === "[" ? "value or ]" : "key or }";
    }
  }
  if (token === "string" && (expect === "key" || expect === "key or }")) return ":";
  if (token === ":" && expect === ":") return "value";
  if (token === "," && expect === ", or close") return open.at(-1) === "[" ? "value" : "key";
  const closes = open.at(-1) === "[" ? token === "]" && expect !== "value" : token === "}" && expect !== "key";
  if (closes && (expect === ", or close" || expect === "value or ]" || expect === "key or }")) {
    open.pop();
    return afterValue();
  }
  return undefined;
}

function skipSpace(text: string, from: number): number {
  let at = from;
  while (at < text.length && "\t\n\r ".includes(text.charAt(at))) at++;
  return at;
}
