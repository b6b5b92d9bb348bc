import type { TelemetryEvent, TelemetryType } from "@lambda-extension/core";
import { typeOf } from "./type-of.ts";

/**
 * Whether an event is of a type that is to be shipped. `platform` events are always subscribed to, for the request ids,
 * so they have to be told apart here. An event of no known stream is always wanted: nobody asked to lose it.
 */
export function isWanted(event: TelemetryEvent, types: readonly TelemetryType[]): boolean {
  const type = typeOf(event);
  const stream = (["platform", "function", "extension"] as const).find(
    (name) => type === name || type.startsWith(`${name}.`),
  );
  return stream === undefined || types.includes(stream);
}
