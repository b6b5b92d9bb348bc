import { ConfigError, errorCode, PlatformError } from "./errors.ts";
import { textOf } from "./json-object.ts";

/** One line about anything thrown: its class, message and cause and, for a programming error, where it came from. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return oneLine(textOf(error) ?? inspect(error));
  if (error instanceof PlatformError || error instanceof ConfigError) return oneLine(error.message);
  const frames = (error.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line));
  const frame = (frames.find((line) => !/\bnode:/.test(line)) ?? frames[0])?.trim();
  const where = frame === undefined ? "" : ` (${frame})`;
  return oneLine(`${error.name}: ${error.message}${causeOf(error)}${where}`);
}

/** `fetch failed` says nothing; its cause says ECONNREFUSED. */
function causeOf({ cause }: Error): string {
  if (!(cause instanceof Error)) return "";
  const code = errorCode(cause) ?? "";
  return `: ${cause.message.includes(code) ? "" : `${code} `}${cause.message}`.trimEnd();
}

/** A value as JSON, or as text if JSON cannot write it; never throws. */
export function inspect(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return "a value that cannot be shown";
  }
}

function oneLine(text: string): string {
  return text.replace(/\s*[\r\n]+\s*/g, " ");
}
