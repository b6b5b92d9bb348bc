import type { TelemetryEvent, TelemetryType } from "@lambda-extension/core";
import { typeOf } from "./shipped-line.ts";

/**
 * Whether an event is of a type that is to be shipped. `platform` events are always subscribed to, for the request ids,
 * so they have to be told apart here. An event of no known stream is always wanted: nobody asked to lose it.
 */
export function isWanted(event: TelemetryEvent, types: readonly TelemetryType[]): boolean {
  const [, stream] = /^(platform|function|extension)(?:\.|$)/.exec(typeOf(event)) ?? [];
  return stream === undefined || types.some((type) => type === stream);
}
