import { isObject, parseJsonObject, textOf } from "./json-object.ts";

/** What an extension can register for. On Lambda Managed Instances only `SHUTDOWN` exists. */
export type LifecycleEventType = "INVOKE" | "SHUTDOWN";

/**
 * An invocation, as `GET /extension/event/next` delivers it.
 * Units: `deadlineMs` is epoch milliseconds. `tracing` is absent if the platform has no trace id.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-extensions-api.html
 */
export interface InvokeEvent {
  readonly eventType: "INVOKE";
  readonly deadlineMs: number;
  readonly requestId: string;
  readonly invokedFunctionArn: string;
  readonly tracing?: { readonly type: string; readonly value: string };
}

/**
 * The end of the execution environment; the process is killed at `deadlineMs` (epoch milliseconds).
 * `shutdownReason` is lower case: `spindown`, `timeout`, `failure`, or a string the platform adds later.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-extensions-api.html
 */
export interface ShutdownEvent {
  readonly eventType: "SHUTDOWN";
  readonly deadlineMs: number;
  readonly shutdownReason: string;
}

/** Either event of the Extensions API. */
export type LifecycleEvent = InvokeEvent | ShutdownEvent;

/** What an answer of `GET /extension/event/next` holds. */
export type ParsedLifecycleEvent =
  | { readonly kind: "event"; readonly event: LifecycleEvent }
  | { readonly kind: "unknown"; readonly problem: string };

/** Reads an event of any Content-Type; `unknown` if this version does not know its type. Never throws. */
export function parseLifecycleEvent(body: Buffer): ParsedLifecycleEvent {
  const value = parseJsonObject(body);
  if (value === undefined) return unknown("an event that is not a JSON object");
  const { eventType, requestId, invokedFunctionArn, shutdownReason, tracing } = value;
  const deadlineMs = Number(value["deadlineMs"]);
  const hasDeadline = Number.isFinite(deadlineMs);
  if (eventType === "SHUTDOWN") {
    const reason = textOf(shutdownReason)?.toLowerCase() ?? "unknown";
    // A SHUTDOWN counts even if another field of it is wrong.
    return { kind: "event", event: { eventType, deadlineMs: hasDeadline ? deadlineMs : 0, shutdownReason: reason } };
  }
  if (eventType !== "INVOKE") return unknown(`an event of the unknown type ${JSON.stringify(eventType)}`);
  if (typeof requestId !== "string" || !hasDeadline) return unknown("an INVOKE without a request id or a deadline");
  const event = { eventType, deadlineMs, requestId, invokedFunctionArn: textOf(invokedFunctionArn) ?? "" } as const;
  return { kind: "event", event: isTracing(tracing) ? { ...event, tracing } : event };
}

function unknown(problem: string): ParsedLifecycleEvent {
  return { kind: "unknown", problem };
}

function isTracing(value: unknown): value is { readonly type: string; readonly value: string } {
  return isObject(value) && typeof value["type"] === "string" && typeof value["value"] === "string";
}
