import { isObject } from "../json-object.ts";
import type { TelemetryEvent } from "./telemetry-event.ts";

type Check = (value: unknown) => boolean;

type Fields = Readonly<Record<string, Check>>;

/** Fields a record must have, and fields it may have; what else it has is kept unseen. */
type Shape = readonly [required: Fields, optional?: Fields];

const text: Check = (value) => typeof value === "string";
const number: Check = (value) => typeof value === "number";
const textOrNumber: Check = (value) => text(value) || number(value);
const texts: Check = (value) => Array.isArray(value) && value.every(text);

/** An object with these fields, and whatever others. Does nothing until a record comes: this runs at every start. */
function fits([required, optional = {}]: Shape): Check {
  return (value) =>
    isObject(value) &&
    Object.entries(required).every(([key, check]) => check(value[key])) &&
    Object.entries(optional).every(([key, check]) => value[key] === undefined || check(value[key]));
}

const span = fits([{ name: text, start: text, durationMs: number }]);
const spans: Check = (value) => Array.isArray(value) && value.every(span);
const tracing = fits([{ type: text, value: text }, { spanId: text }]);
const metrics = (...optional: readonly string[]) =>
  fits([{ durationMs: number }, Object.fromEntries(optional.map((key) => [key, number]))]);

const environment = {
  functionName: text,
  functionVersion: text,
  instanceId: text,
  runtimeVersion: text,
  runtimeVersionArn: text,
};
const reportMetrics = metrics(
  "billedDurationMs",
  "memorySizeMB",
  "maxMemoryUsedMB",
  "initDurationMs",
  "restoreDurationMs",
);

/**
 * One entry for each type with an object record; the types themselves are in telemetry-event.ts, and a test holds the
 * two against each other.
 */
const shapes: Readonly<Record<Exclude<TelemetryEvent["kind"], "function" | "extension" | "unknown">, Shape>> = {
  "platform.initStart": [
    { initializationType: text, phase: text },
    { ...environment, instanceMaxMemory: number, tracing },
  ],
  "platform.initRuntimeDone": [
    { initializationType: text, status: text },
    { phase: text, errorType: text, spans, tracing },
  ],
  "platform.initReport": [
    { initializationType: text, phase: text, metrics: metrics("billedDurationMs") },
    { status: text, errorType: text, spans, tracing },
  ],
  "platform.start": [{ requestId: text }, { version: text, functionArn: text, tenantId: text, tracing }],
  "platform.runtimeDone": [
    { requestId: text, status: text },
    { errorType: text, metrics: metrics("producedBytes"), spans, tracing, tenantId: text },
  ],
  "platform.report": [
    { requestId: text, metrics: reportMetrics },
    { status: text, errorType: text, spans, tracing, tenantId: text },
  ],
  "platform.restoreStart": [{}, { ...environment, instanceMaxMemory: textOrNumber }],
  "platform.restoreRuntimeDone": [{ status: text }, { errorType: text, spans }],
  "platform.restoreReport": [{}, { status: text, errorType: text, metrics: metrics("billedDurationMs"), spans }],
  "platform.extension": [{ name: text, state: text, events: texts }, { errorType: text }],
  "platform.telemetrySubscription": [{ name: text, state: text, types: texts }],
  "platform.logsDropped": [{ reason: text, droppedRecords: number, droppedBytes: number }],
};
const known = new Map(Object.entries(shapes));

/**
 * The record of a known type, if it keeps what the type promises; undefined otherwise, and for types this version does
 * not know. An optional field that is null counts as absent and is left out.
 */
export function readRecord(type: string, record: unknown): unknown {
  if (type === "function" || type === "extension") {
    return typeof record === "string" || isObject(record) ? record : undefined;
  }
  const shape = known.get(type);
  if (shape === undefined || !isObject(record)) return undefined;
  const isNone = (key: string): boolean => record[key] === null && key in (shape[1] ?? {});
  const read = Object.keys(record).some(isNone)
    ? Object.fromEntries(Object.entries(record).filter(([key]) => !isNone(key)))
    : record;
  return fits(shape)(read) ? read : undefined;
}
