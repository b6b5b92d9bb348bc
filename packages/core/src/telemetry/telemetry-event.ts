/** The three streams one can subscribe to. */
export type TelemetryType = "platform" | "function" | "extension";

/** Open enums: the platform adds values. */
export type TelemetryStatus = "success" | "failure" | "error" | "timeout" | (string & {});
/** `init`, `invoke` (a suppressed init), `snap-start`, or newer. */
export type InitPhase = "init" | "invoke" | "snap-start" | (string & {});

/** An X-Ray trace: `type` is `X-Amzn-Trace-Id`, and `value` what that header holds. */
export interface TraceContext {
  readonly spanId?: string;
  readonly type: string;
  readonly value: string;
}

/** Units: `durationMs` milliseconds with microsecond precision; `start` ISO-8601 UTC. */
export interface TelemetrySpan {
  readonly name: string;
  readonly start: string;
  readonly durationMs: number;
}

interface Event<Kind extends string, Record> {
  readonly kind: Kind;
  /** ISO-8601 UTC, millisecond precision: when the platform made the event. */
  readonly time: string;
  readonly record: Record;
}

/** The init phase begins: of the environment, or again in an invocation (`phase`). */
export type PlatformInitStart = Event<
  "platform.initStart",
  {
    readonly initializationType: string;
    readonly phase: InitPhase;
    readonly functionName?: string;
    readonly functionVersion?: string;
    readonly instanceId?: string;
    readonly instanceMaxMemory?: number;
    readonly runtimeVersion?: string;
    readonly runtimeVersionArn?: string;
    readonly tracing?: TraceContext;
  }
>;
/** The runtime has finished its init; extensions may still be at theirs. */
export type PlatformInitRuntimeDone = Event<
  "platform.initRuntimeDone",
  {
    readonly initializationType: string;
    readonly phase?: InitPhase;
    readonly status: TelemetryStatus;
    readonly errorType?: string;
    readonly spans?: readonly TelemetrySpan[];
    readonly tracing?: TraceContext;
  }
>;
/** The init phase is over, extensions included. Units: milliseconds. */
export type PlatformInitReport = Event<
  "platform.initReport",
  {
    readonly initializationType: string;
    readonly phase: InitPhase;
    readonly status?: TelemetryStatus;
    readonly errorType?: string;
    readonly metrics: { readonly durationMs: number; readonly billedDurationMs?: number };
    readonly spans?: readonly TelemetrySpan[];
    readonly tracing?: TraceContext;
  }
>;
/** An invocation begins. */
export type PlatformStart = Event<
  "platform.start",
  {
    readonly requestId: string;
    readonly version?: string;
    readonly functionArn?: string;
    readonly tenantId?: string;
    readonly tracing?: TraceContext;
  }
>;
/**
 * The runtime has finished an invocation, or failed to; extensions may still be at theirs. Units: milliseconds, bytes
 * of the answer.
 */
export type PlatformRuntimeDone = Event<
  "platform.runtimeDone",
  {
    readonly requestId: string;
    readonly status: TelemetryStatus;
    readonly errorType?: string;
    readonly metrics?: { readonly durationMs: number; readonly producedBytes?: number };
    readonly spans?: readonly TelemetrySpan[];
    readonly tracing?: TraceContext;
    readonly tenantId?: string;
  }
>;
/** An invocation is over, extensions included: the REPORT line as data. Units: milliseconds, megabytes. */
export type PlatformReport = Event<
  "platform.report",
  {
    readonly requestId: string;
    readonly status?: TelemetryStatus;
    readonly errorType?: string;
    /** On Lambda Managed Instances only `durationMs`. */
    readonly metrics: {
      readonly durationMs: number;
      readonly billedDurationMs?: number;
      readonly memorySizeMB?: number;
      readonly maxMemoryUsedMB?: number;
      readonly initDurationMs?: number;
      readonly restoreDurationMs?: number;
    };
    readonly spans?: readonly TelemetrySpan[];
    readonly tracing?: TraceContext;
    readonly tenantId?: string;
  }
>;
/** A SnapStart restore begins. */
export type PlatformRestoreStart = Event<
  "platform.restoreStart",
  {
    readonly functionName?: string;
    readonly functionVersion?: string;
    readonly instanceId?: string;
    readonly instanceMaxMemory?: number | string;
    readonly runtimeVersion?: string;
    readonly runtimeVersionArn?: string;
  }
>;
/** The runtime has been restored, its hooks included. */
export type PlatformRestoreRuntimeDone = Event<
  "platform.restoreRuntimeDone",
  { readonly status: TelemetryStatus; readonly errorType?: string; readonly spans?: readonly TelemetrySpan[] }
>;
/** A SnapStart restore is over. Units: milliseconds. */
export type PlatformRestoreReport = Event<
  "platform.restoreReport",
  {
    readonly status?: TelemetryStatus;
    readonly errorType?: string;
    readonly metrics?: { readonly durationMs: number; readonly billedDurationMs?: number };
    readonly spans?: readonly TelemetrySpan[];
  }
>;
/** The state of an extension at the end of the init phase: `Ready`, `LaunchError` or another word of the platform. */
export type PlatformExtension = Event<
  "platform.extension",
  { readonly name: string; readonly state: string; readonly events: readonly string[]; readonly errorType?: string }
>;
/** An extension has subscribed to `types`. */
export type PlatformTelemetrySubscription = Event<
  "platform.telemetrySubscription",
  { readonly name: string; readonly state: string; readonly types: readonly string[] }
>;
/** The platform has thrown records away, for `reason`: nobody will deliver them. Units: records, bytes. */
export type PlatformLogsDropped = Event<
  "platform.logsDropped",
  { readonly reason: string; readonly droppedRecords: number; readonly droppedBytes: number }
>;
/** A line of the function: text, or an object where the log format is JSON and the schema 2022-12-13 or newer. */
export type FunctionLog = Event<"function", string | { readonly [key: string]: unknown }>;
/** A line of an extension; the same two shapes. */
export type ExtensionLog = Event<"extension", string | { readonly [key: string]: unknown }>;
/** An event of a type, or with a record, that this version does not know; nothing of it is lost. */
export interface UnknownTelemetryEvent {
  readonly kind: "unknown";
  readonly time?: string;
  readonly raw: { readonly [key: string]: unknown };
}

/**
 * Every event of the schemas 2022-07-01, 2022-12-13 and 2025-01-29.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html
 */
export type TelemetryEvent =
  | PlatformInitStart
  | PlatformInitRuntimeDone
  | PlatformInitReport
  | PlatformStart
  | PlatformRuntimeDone
  | PlatformReport
  | PlatformRestoreStart
  | PlatformRestoreRuntimeDone
  | PlatformRestoreReport
  | PlatformExtension
  | PlatformTelemetrySubscription
  | PlatformLogsDropped
  | FunctionLog
  | ExtensionLog
  | UnknownTelemetryEvent;
