import { ConfigError, errorCode, PlatformError, unlessThrows } from "./errors.ts";
import { textOf } from "./json-object.ts";

const hidden = "a value that cannot be shown";

/** A program may set a field of an error to anything. */
type Fields = { readonly [Key in keyof Error]: unknown };

/** Units: UTF-16 code units. CloudWatch Logs takes a longer line, but it is hard to read. */
const maxLength = 8192;

/**
 * One line about anything thrown: its class, message and cause and, for a programming error, where it came from.
 * Errors: none, also if every look at the value throws. A very long line is cut.
 */
export function describeError(error: unknown): string {
  const text = unlessThrows(() => describe(error), hidden).replace(/(?<!\s)\s*[\r\n]\s*/g, " ");
  return text.length > maxLength ? `${text.slice(0, maxLength)}… (${text.length} characters)` : text;
}

/** What a failing start reports: the problems of a `ConfigError`, else one description. Never throws. */
export function problemsOf(error: unknown): readonly string[] {
  const problems = unlessThrows(
    () => (error instanceof ConfigError ? Array.from(error.problems, describeError) : []),
    [],
  );
  return problems.length > 0 ? problems : [describeError(error)];
}

/** The name of an error's class; `Error` for everything else that can be thrown. Never throws. */
export function errorName(error: unknown): string {
  return unlessThrows(() => (error instanceof Error ? String((error as Fields).name) : ""), "") || "Error";
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return textOf(error) ?? inspect(error);
  const message = String((error as Fields).message);
  if (error instanceof PlatformError || error instanceof ConfigError) return message;
  const frames = String((error as Fields).stack)
    .split("\n")
    .filter((line) => /^\s+at /.test(line));
  const frame = (frames.find((line) => !/\bnode:/.test(line)) ?? frames[0])?.trim();
  const where = frame === undefined ? "" : ` (${frame})`;
  return `${errorName(error)}: ${message}${causeOf(error)}${where}`;
}

/** `fetch failed` says nothing; its cause says ECONNREFUSED. */
function causeOf({ cause }: Error): string {
  if (!(cause instanceof Error)) return "";
  const code = errorCode(cause) ?? "";
  return `: ${cause.message.includes(code) ? "" : `${code} `}${cause.message}`.trimEnd();
}

/** A value as JSON, or as text if JSON leaves it out (a symbol, a function); never throws. */
export function inspect(value: unknown): string {
  return unlessThrows(() => JSON.stringify(value) ?? String(value), hidden);
}
