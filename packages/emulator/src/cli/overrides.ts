import { EmulatorError } from "../problems/emulator-error.ts";

/**
 * Reads `--parameter-overrides` in sam's forms: `Key=Value Other=Value`, quoted or not, or
 * `ParameterKey=Key,ParameterValue=Value`. Errors: `EmulatorError` for anything else.
 */
export function parseParameterOverrides(given: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    given.flatMap(splitAssignments).map((word) => {
      const long = /^ParameterKey=([^,]+),ParameterValue=([\s\S]*)$/.exec(word);
      const short = /^([A-Za-z0-9]+)=([\s\S]*)$/.exec(word);
      const [, key, value] = long ?? short ?? [];
      if (key !== undefined && value !== undefined) return [key, value] as const;
      throw new EmulatorError(`--parameter-overrides: expected Key=Value, got ${word}`);
    }),
  );
}

/** Reads `--layer-mapping LAYER=PATH`. Errors: `EmulatorError` where it has not that form. */
export function parseLayerMappings(given: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    given.map((word) => {
      const at = word.indexOf("=");
      if (at > 0 && at < word.length - 1) return [word.slice(0, at), word.slice(at + 1)] as const;
      throw new EmulatorError(`--layer-mapping: expected LAYER=PATH, got ${word}`);
    }),
  );
}

/** One argument of the shell whose value has spaces, `Key=a b`, is one word as long as no second key follows. */
function splitAssignments(text: string): readonly string[] {
  return /\s\S+=/.test(text) || /["'\\]/.test(text) ? splitWords(text) : [text];
}

/** Words separated by spaces; quotes keep spaces and are dropped, a backslash keeps the next character. */
export function splitWords(text: string): readonly string[] {
  const words = text.match(/(?:"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|\\.|[^\s"'\\])+/g) ?? [];
  return words.map((word) =>
    word.replaceAll(
      /"((?:\\.|[^"\\])*)"|'((?:\\.|[^'\\])*)'|\\(.)/g,
      (_, double?: string, single?: string, one?: string) => one ?? (double ?? single ?? "").replaceAll(/\\(.)/g, "$1"),
    ),
  );
}
