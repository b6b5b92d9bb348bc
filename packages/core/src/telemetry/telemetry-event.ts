import type { PlatformRecords } from "./record-shapes.ts";

/** The three streams one can subscribe to. */
export type TelemetryType = "platform" | "function" | "extension";

interface Event<Kind extends string, Record> {
  readonly kind: Kind;
  /** ISO-8601 UTC, millisecond precision: when the platform made the event. */
  readonly time: string;
  readonly record: Record;
}

type PlatformEvent<Kind extends keyof PlatformRecords> = Event<Kind, PlatformRecords[Kind]>;

/** The init phase begins: of the environment, or again in an invocation (`phase`). */
export type PlatformInitStart = PlatformEvent<"platform.initStart">;
/** The runtime has finished its init; extensions may still be at theirs. */
export type PlatformInitRuntimeDone = PlatformEvent<"platform.initRuntimeDone">;
/** The init phase is over, extensions included. Units: milliseconds. */
export type PlatformInitReport = PlatformEvent<"platform.initReport">;
/** An invocation begins. */
export type PlatformStart = PlatformEvent<"platform.start">;
/** The runtime has finished an invocation, or failed to; extensions may still work. Units: milliseconds, bytes. */
export type PlatformRuntimeDone = PlatformEvent<"platform.runtimeDone">;
/**
 * An invocation is over, extensions included: the REPORT line as data. On Lambda Managed Instances `metrics` has only
 * `durationMs`. Units: milliseconds, megabytes.
 */
export type PlatformReport = PlatformEvent<"platform.report">;
/** A SnapStart restore begins. */
export type PlatformRestoreStart = PlatformEvent<"platform.restoreStart">;
/** The runtime has been restored, its hooks included. */
export type PlatformRestoreRuntimeDone = PlatformEvent<"platform.restoreRuntimeDone">;
/** A SnapStart restore is over. Units: milliseconds. */
export type PlatformRestoreReport = PlatformEvent<"platform.restoreReport">;
/** The state of an extension at the end of the init phase: `Ready`, `LaunchError` or another word of the platform. */
export type PlatformExtension = PlatformEvent<"platform.extension">;
/** An extension has subscribed to `types`. */
export type PlatformTelemetrySubscription = PlatformEvent<"platform.telemetrySubscription">;
/** The platform has thrown records away, for `reason`, and never delivers them. Units: records, bytes. */
export type PlatformLogsDropped = PlatformEvent<"platform.logsDropped">;
/** A line of the function: text, or an object if the log format is JSON and the schema 2022-12-13 or newer. */
export type FunctionLog = Event<"function", string | { readonly [key: string]: unknown }>;
/** A line of an extension; text or an object, as for the function. */
export type ExtensionLog = Event<"extension", FunctionLog["record"]>;
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
  | { [Kind in keyof PlatformRecords]: PlatformEvent<Kind> }[keyof PlatformRecords]
  | FunctionLog
  | ExtensionLog
  | UnknownTelemetryEvent;
