import { ConfigError, PlatformError } from "./errors.ts";

/**
 * One line about anything thrown: its class, its message, what caused it and, for a programming error, where it came
 * from.
 */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return oneLine(typeof error === "string" ? error : inspect(error));
  const isExpected = error instanceof PlatformError || error instanceof ConfigError;
  if (isExpected) return oneLine(error.message);
  const frames = (error.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line));
  const frame = (frames.find((line) => !/\bnode:/.test(line)) ?? frames[0])?.trim();
  const where = frame === undefined ? "" : ` (${frame})`;
  return oneLine(`${error.name}: ${error.message}${causeOf(error)}${where}`);
}

/** `fetch failed` says nothing; its cause says ECONNREFUSED. */
function causeOf({ cause }: Error): string {
  if (!(cause instanceof Error)) return "";
  const code =
    "code" in cause && typeof cause.code === "string" && !cause.message.includes(cause.code) ? cause.code : "";
  return `: ${[code, cause.message].filter((part) => part !== "").join(" ")}`;
}

function inspect(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return "a value that cannot be shown";
  }
}

function oneLine(text: string): string {
  return text.replace(/\s*[\r\n]+\s*/g, " ");
}
