import type { TelemetryEvent } from "@lambda-extension/core";

/** A type is shown as it came only where it could be one; the whole element is in the record anyway. */
const longestType = 100;

/** The type an event came with, `unknown` where it is no short text. */
export function typeOf(event: TelemetryEvent): string {
  if (event.kind !== "unknown") return event.kind;
  const { type } = event.raw;
  return typeof type === "string" && type.length <= longestType ? type : "unknown";
}
