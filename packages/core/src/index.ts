export { ageMs, now, systemClock, wasFrozenBetween } from "./clock.ts";
export type { Clock, Moment } from "./clock.ts";
export { createDeadline, sleep, waitAtMost } from "./deadline.ts";
export type { Deadline, DeadlineOptions, Waited } from "./deadline.ts";
export { ConfigError, errorCode, PlatformError } from "./errors.ts";
export type {
  DeadlineContext,
  ExtensionContext,
  ExtensionOptions,
  InitializationType,
  InvokeContext,
  LifecycleStep,
  MalformedEvent,
  Registration,
  ShutdownContext,
  TelemetryOptions,
} from "./extension-options.ts";
export { builtinModule, bundleFolderName, writeErrorLine } from "./host.ts";
export { isObject, parseJsonObject, textOf } from "./json-object.ts";
export type { InvokeEvent, LifecycleEvent, LifecycleEventType, ShutdownEvent } from "./lifecycle-event.ts";
export { retryDelayMs } from "./retry-delay.ts";
export type { RetryDelay } from "./retry-delay.ts";
export { runExtension } from "./run-extension.ts";
export { decodeTelemetryBatch } from "./telemetry/decode-telemetry.ts";
export type { DecodedTelemetry } from "./telemetry/decode-telemetry.ts";
export type { InitPhase, TelemetrySpan, TelemetryStatus, TraceContext } from "./telemetry/record-shapes.ts";
export type {
  ExtensionLog,
  FunctionLog,
  PlatformExtension,
  PlatformInitReport,
  PlatformInitRuntimeDone,
  PlatformInitStart,
  PlatformLogsDropped,
  PlatformReport,
  PlatformRestoreReport,
  PlatformRestoreRuntimeDone,
  PlatformRestoreStart,
  PlatformRuntimeDone,
  PlatformStart,
  PlatformTelemetrySubscription,
  TelemetryEvent,
  TelemetryType,
  UnknownTelemetryEvent,
} from "./telemetry/telemetry-event.ts";
