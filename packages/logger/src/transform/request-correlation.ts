import type { FunctionLog, TelemetryEvent } from "@lambda-extension/core";
import { findRequestId } from "./find-request-id.ts";

/** An event and the request it belongs to. `phase` marks a function's line written before its request began. */
export interface Correlated {
  readonly event: TelemetryEvent;
  readonly requestId?: string;
  readonly phase?: "init";
}

/** Lines of an init that wait for its request: no usual init prints as many. Beyond that they go without an id. */
const heldItems = 1000;
const heldChars = 256 * 1024;

/** A late line may name an earlier request; with one request at a time, only few still write lines. */
const rememberedRequests = 64;

/**
 * Puts the request id on every line of the function, from the order of the telemetry stream: a line belongs to the
 * request whose `platform.start` came last, and a line of an init to the first request after it. A line that names a
 * request seen before belongs to that one. With `isConcurrent` (Managed Instances) only the line's own id counts.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/telemetry-api.html
 */
export class RequestCorrelation {
  readonly #isConcurrent: boolean;
  readonly #known = new Set<string>();
  #current: string | undefined;
  #held: FunctionLog[] = [];
  #heldChars = 0;

  constructor(options: { readonly isConcurrent: boolean }) {
    this.#isConcurrent = options.isConcurrent;
  }

  /** Takes the next event. Returns what is ready, in order: the lines that waited, then the event; or nothing yet. */
  see(event: TelemetryEvent): readonly Correlated[] {
    if (event.kind === "function") return this.#seeLine(event);
    if (event.kind === "platform.initStart") this.#current = undefined;
    if (event.kind === "platform.runtimeDone" || event.kind === "platform.report") {
      return [{ event, requestId: event.record.requestId }];
    }
    if (event.kind !== "platform.start") return [{ event }];
    const { requestId } = event.record;
    this.#remember(requestId);
    return [...this.release(requestId), { event, requestId }];
  }

  /** Returns the lines that wait: with the id, or without one if no request will come. */
  release(requestId?: string): readonly Correlated[] {
    const held = this.#held;
    this.#held = [];
    this.#heldChars = 0;
    const id = requestId === undefined ? {} : { requestId };
    return held.map((event) => ({ event, phase: "init", ...id }) as const);
  }

  #seeLine(event: FunctionLog): readonly Correlated[] {
    const own = findRequestId(event.record);
    const isOwn = own !== undefined && (this.#isConcurrent || this.#known.has(own));
    if (isOwn) return [{ event, requestId: own }];
    if (this.#isConcurrent) return [{ event }];
    if (this.#current !== undefined) return [{ event, requestId: this.#current }];
    this.#held.push(event);
    this.#heldChars += lengthOf(event.record);
    const isFull = this.#held.length > heldItems || this.#heldChars > heldChars;
    return isFull ? this.release() : [];
  }

  #remember(requestId: string): void {
    this.#current = requestId;
    this.#known.add(requestId);
    const [oldest] = this.#known;
    if (this.#known.size > rememberedRequests && oldest !== undefined) this.#known.delete(oldest);
  }
}

function lengthOf(record: FunctionLog["record"]): number {
  if (typeof record === "string") return record.length;
  try {
    return JSON.stringify(record).length;
  } catch {
    // Nested deeper than the stack: encodeLines cannot write it either, and transform.ts counts it.
    return 0;
  }
}
