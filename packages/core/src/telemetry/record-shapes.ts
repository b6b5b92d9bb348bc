import { isObject } from "../json-object.ts";

/** Open enums: the platform adds values. */
export type TelemetryStatus = "success" | "failure" | "error" | "timeout" | (string & {});
/** `init`, `invoke` (a suppressed init), `snap-start`, or newer. */
export type InitPhase = "init" | "invoke" | "snap-start" | (string & {});
/** An X-Ray trace: `type` is `X-Amzn-Trace-Id`, and `value` what that header holds. */
export type TraceContext = Checked<typeof tracing>;
/** Units: `durationMs` milliseconds with microsecond precision; `start` ISO-8601 UTC. */
export type TelemetrySpan = Checked<typeof span>;
/** The record of each platform event, by the event's type. */
export type PlatformRecords = {
  readonly [Type in keyof typeof shapes as `platform.${Type}`]: RecordOf<(typeof shapes)[Type]>;
};

type Check<Value> = (value: unknown) => value is Value;
type Checked<C> = C extends Check<infer Value> ? Value : never;

type Fields = Readonly<Record<string, Check<unknown>>>;

/** Fields that a record must have, and fields that it may have; other fields stay in it unchecked. */
type Shape = readonly [required: Fields, optional?: Fields];

type RecordOf<S extends Shape> = {
  readonly [Key in keyof S[0]]: Checked<S[0][Key]>;
} & { readonly [Key in keyof S[1]]?: Checked<S[1][Key]> };

const text = (value: unknown): value is string => typeof value === "string";
const number = (value: unknown): value is number => typeof value === "number";
const textOrNumber = (value: unknown): value is string | number => text(value) || number(value);
const status: Check<TelemetryStatus> = text;
const phase: Check<InitPhase> = text;
const texts = listOf(text);
const tracing = fits([{ type: text, value: text }, { spanId: text }]);
const span = fits([{ name: text, start: text, durationMs: number }]);
const spans = listOf(span);

const environment = {
  functionName: text,
  functionVersion: text,
  instanceId: text,
  runtimeVersion: text,
  runtimeVersionArn: text,
};
const durations = fits([{ durationMs: number }, { billedDurationMs: number }]);
const answer = fits([{ durationMs: number }, { producedBytes: number }]);
const invocation = fits([
  { durationMs: number },
  {
    billedDurationMs: number,
    memorySizeMB: number,
    maxMemoryUsedMB: number,
    initDurationMs: number,
    restoreDurationMs: number,
  },
]);

const outcome = { errorType: text, spans };
const traced = { ...outcome, tracing };

/** One entry for each type with an object record, without `platform.`. What a type means is in telemetry-event.ts. */
const shapes = {
  initStart: [
    { initializationType: text, phase },
    { ...environment, instanceMaxMemory: number, tracing },
  ],
  initRuntimeDone: [
    { initializationType: text, status },
    { phase, ...traced },
  ],
  initReport: [
    { initializationType: text, phase, metrics: durations },
    { status, ...traced },
  ],
  start: [{ requestId: text }, { version: text, functionArn: text, tenantId: text, tracing }],
  runtimeDone: [
    { requestId: text, status },
    { ...traced, metrics: answer, tenantId: text },
  ],
  report: [
    { requestId: text, metrics: invocation },
    { status, ...traced, tenantId: text },
  ],
  restoreStart: [{}, { ...environment, instanceMaxMemory: textOrNumber }],
  restoreRuntimeDone: [{ status }, outcome],
  restoreReport: [{}, { status, ...outcome, metrics: durations }],
  extension: [{ name: text, state: text, events: texts }, { errorType: text }],
  telemetrySubscription: [{ name: text, state: text, types: texts }],
  logsDropped: [{ reason: text, droppedRecords: number, droppedBytes: number }],
} satisfies Readonly<Record<string, Shape>>;
const known = new Map<string, Shape>(Object.entries(shapes).map(([name, shape]) => [`platform.${name}`, shape]));

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

/** An object of this shape. Does nothing until a record comes: this runs at every start. */
function fits<S extends Shape>([required, optional = {}]: S): Check<RecordOf<S>> {
  return (value): value is RecordOf<S> =>
    isObject(value) &&
    Object.entries(required).every(([key, check]) => check(value[key])) &&
    Object.entries(optional).every(([key, check]) => value[key] === undefined || check(value[key]));
}

function listOf<Item>(item: Check<Item>): Check<readonly Item[]> {
  return (value): value is readonly Item[] => Array.isArray(value) && value.every(item);
}
