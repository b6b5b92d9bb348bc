import type { Clock, MalformedEvent, TelemetryEvent, TelemetryType } from "@lambda-extension/core";
import type { Line } from "../buffer/bounded-buffer.ts";
import type { OwnMessages } from "../own-messages.ts";
import { encodeLines } from "./encode-lines.ts";
import type { LineIds } from "./line-ids.ts";
import { RequestCorrelation } from "./request-correlation.ts";
import type { Correlated } from "./request-correlation.ts";
import { isWanted, toLineContent, toMalformedContent } from "./shipped-line.ts";
import type { FunctionIdentity, LineContent } from "./shipped-line.ts";

/** What the transform needs to know of the environment and the configuration. */
export interface TransformOptions {
  readonly identity: FunctionIdentity;
  readonly types: readonly TelemetryType[];
  /** The most bytes that a line may have. */
  readonly maxBytes: number;
  /** Several requests at a time, as on Managed Instances. */
  readonly isConcurrent: boolean;
  readonly ids: LineIds;
  readonly messages: Pick<OwnMessages, "isOwn">;
  readonly clock: Clock;
}

/** Lines to ship and how many events could not become one. */
export interface Transformed {
  readonly lines: readonly Line[];
  readonly unencodable: number;
}

/**
 * Turns telemetry into lines, in order, each event by itself: an event that JSON cannot write is counted, and the
 * others are shipped.
 */
export function createTransform(options: TransformOptions) {
  const { types, messages, clock, identity, maxBytes, ids } = options;
  const correlation = new RequestCorrelation(options);

  function isShipped({ event }: Correlated): boolean {
    const isOwn = event.kind === "extension" && messages.isOwn(event.record);
    return !isOwn && isWanted(event, types);
  }

  function encode(contents: readonly LineContent[]): Transformed {
    const encoded = contents.map((content) => encodeLines(content, { id: ids.next(), identity, maxBytes }));
    const lines = encoded.flatMap((lines) => lines ?? []);
    return { lines, unencodable: encoded.filter((lines) => lines === undefined).length };
  }

  const receivedAt = (): string => new Date(clock.wallMs()).toISOString();
  const toContents = (ready: readonly Correlated[]): readonly LineContent[] => {
    const at = receivedAt();
    return ready.filter(isShipped).map((correlated) => toLineContent(correlated, at));
  };

  return {
    /** Takes a batch of telemetry; some lines may have to wait for their request. */
    accept(events: readonly TelemetryEvent[], malformed: readonly MalformedEvent[]): Transformed {
      const ready = events.flatMap((event) => correlation.see(event));
      return encode([...toContents(ready), ...malformed.map((element) => toMalformedContent(element, receivedAt()))]);
    },
    /** Returns the lines that still wait, without a request. */
    release: (): Transformed => encode(toContents(correlation.release())),
  };
}
