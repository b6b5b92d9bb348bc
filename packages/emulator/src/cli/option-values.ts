import { EmulatorError } from "../problems/emulator-error.ts";

const units: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Reads `90s`, `10m`, `1.5h`. Returns milliseconds. Errors: `EmulatorError` that names the option. */
export function parseDuration(text: string, option: string): number {
  const [, number, unit = ""] = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text) ?? [];
  const ms = Number(number) * (units[unit] ?? 0);
  if (ms > 0) return ms;
  throw new EmulatorError(`${option}: expected a duration such as 90s, 10m or 2h, got ${text}`);
}

/**
 * Reads `--parameter-overrides` in sam's forms: `Key=Value Other=Value`, quoted or not, or
 * `ParameterKey=Key,ParameterValue=Value`. Errors: `EmulatorError` for anything else.
 */
export function parseParameterOverrides(given: readonly string[]): Readonly<Record<string, string>> {
  const forms = [/^ParameterKey=([^,]+),ParameterValue=(.*)$/s, /^([A-Za-z0-9]+)=(.*)$/s];
  return parsePairs(given.flatMap(splitAssignments), forms, "--parameter-overrides: expected Key=Value");
}

/** Reads `--layer-mapping LAYER=PATH`. Errors: `EmulatorError` for any other form. */
export function parseLayerMappings(given: readonly string[]): Readonly<Record<string, string>> {
  return parsePairs(given, [/^([^=]+)=(.+)$/s], "--layer-mapping: expected LAYER=PATH");
}

/** Reads `--env NAME=VALUE`. Errors: `EmulatorError` for any other form. */
export function parseVariables(given: readonly string[]): Readonly<Record<string, string>> {
  return parsePairs(given, [/^([A-Za-z_]\w*)=(.*)$/s], "--env: expected NAME=VALUE");
}

function parsePairs(words: readonly string[], forms: readonly RegExp[], problem: string): Record<string, string> {
  return Object.fromEntries(
    words.map((word) => {
      const [, key, value] = forms.map((form) => form.exec(word)).find((match) => match !== null) ?? [];
      if (key !== undefined && value !== undefined) return [key, value] as const;
      throw new EmulatorError(`${problem}, got ${word}`);
    }),
  );
}

/** One argument of the shell whose value has spaces, `Key=a b`, is one word as long as no second key follows. */
function splitAssignments(text: string): readonly string[] {
  return /\s\S+=/.test(text) || /["'\\]/.test(text) ? splitWords(text) : [text];
}

/** Words separated by spaces. Quotes keep spaces and go away; a backslash keeps the next character. */
export function splitWords(text: string): readonly string[] {
  const words = text.match(/(?:"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|\\.|[^\s"'\\])+/g) ?? [];
  return words.map((word) =>
    word.replaceAll(
      /"((?:\\.|[^"\\])*)"|'((?:\\.|[^'\\])*)'|\\(.)/g,
      (_, double?: string, single?: string, one?: string) => one ?? (double ?? single ?? "").replaceAll(/\\(.)/g, "$1"),
    ),
  );
}
