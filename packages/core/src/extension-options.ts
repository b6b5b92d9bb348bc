import type { InvokeEvent, LifecycleEventType, LifecycleEvent, ShutdownEvent } from "./lifecycle-event.ts";
import type { PlatformRuntimeDone, TelemetryEvent, TelemetryType } from "./telemetry/telemetry-event.ts";

/** The answer to `POST /extension/register`, without the identifier: that is a credential and stays inside the loop. */
export interface Registration {
  /** The identifier's first eight characters: enough to tell two environments apart in a log. */
  readonly identifierHint: string;
  readonly functionName: string;
  readonly functionVersion: string;
  readonly handler: string;
  /** Present if the platform gives it. */
  readonly accountId?: string;
  /** Who registered: the layer's launcher, before Node started, or this process. */
  readonly registeredBy: "launcher" | "core";
}

/** How the environment started: `on-demand`, `provisioned-concurrency`, `snap-start`, `lambda-managed-instances`, … */
export type InitializationType = string;

/** Time left, for every handler. Units: milliseconds; `deadlineEpochMs` is epoch milliseconds. */
export interface DeadlineContext {
  readonly deadlineEpochMs: number;
  /** Milliseconds until the deadline, never negative. */
  remainingMs(): number;
  /** Aborts a safety margin before the deadline. */
  readonly signal: AbortSignal;
}

/** Handed to `onInit`, and part of every other context. */
export interface ExtensionContext {
  readonly name: string;
  readonly registration: Registration;
  readonly initializationType: InitializationType;
  /** True after a successful telemetry subscription; false without one, also if the platform has no telemetry (202). */
  readonly hasTelemetry: boolean;
}

/** Handed to `onInvoke`. */
export interface InvokeContext extends ExtensionContext, DeadlineContext {
  readonly requestId: string;
  readonly functionArn: string;
  /**
   * Resolves with this request's `platform.runtimeDone`, also if that came before the INVOKE event; with `undefined`
   * after `graceMs`, at the deadline, or at once without telemetry.
   */
  runtimeDone(options: { readonly graceMs: number }): Promise<PlatformRuntimeDone | undefined>;
}

/** Handed to `onShutdown`. */
export interface ShutdownContext extends ExtensionContext, DeadlineContext {
  /** Lower case: `spindown`, `timeout`, `failure`, or a newer word of the platform. */
  readonly reason: string;
  /**
   * Takes no more telemetry, and resolves when every acknowledged batch has gone through `onEvents`: flush after it and
   * nothing acknowledged is lost. The platform sends its last batches during `onShutdown`; they arrive until this call.
   * The loop makes the same call after `onShutdown`.
   */
  stopTelemetry(): Promise<void>;
}

/** The steps of the life cycle, in order, for an extension that reports them. */
export type LifecycleStep =
  | { readonly kind: "registering" }
  | { readonly kind: "registered"; readonly registration: Registration }
  | { readonly kind: "waiting" }
  | { readonly kind: "received"; readonly event: LifecycleEvent };

/** What to receive over the Telemetry API, and how the platform buffers it. */
export interface TelemetryOptions {
  readonly types: readonly TelemetryType[];
  /** Default `HTTP`: TCP cannot acknowledge. */
  readonly protocol?: "HTTP" | "TCP";
  /** Preferred port; if it is in use, any free port. Default: any free port. */
  readonly port?: number;
  /** Platform-side buffering. Ranges: maxItems 1000–10000, maxBytes 262144–1048576, timeoutMs 25–30000. */
  readonly buffering?: { readonly maxItems?: number; readonly maxBytes?: number; readonly timeoutMs?: number };
  /**
   * Receives each decoded batch after it was acknowledged, in order, and once even if the platform repeats it.
   * `malformed` holds the elements that are no telemetry events, as they came. The first throw is reported, every throw
   * is counted, and the next batch still arrives.
   */
  onEvents(events: readonly TelemetryEvent[], malformed: readonly MalformedEvent[]): void | Promise<void>;
}

/** An element of a telemetry batch that is not an event, or a whole body that is not JSON. */
export interface MalformedEvent {
  readonly raw: unknown;
  readonly problem: string;
}

/** Everything `runExtension` takes. Every handler is optional. */
export interface ExtensionOptions {
  /** Must equal the file name in /opt/extensions. A launcher's name wins. Default: the name of the bundle's folder. */
  readonly name?: string;
  /**
   * Default: `["INVOKE", "SHUTDOWN"]`. On Managed Instances `INVOKE` is always left out. Ignored if the launcher
   * registered.
   */
  readonly events?: readonly LifecycleEventType[];
  /**
   * What a failure after registering does. `open` (default): the function never fails. `closed`: the loop reports
   * `init/error` or `exit/error` and exits 1.
   */
  readonly failure?: "open" | "closed";
  readonly telemetry?: TelemetryOptions;
  /**
   * Runs before registering: for a server that function code needs at its start. Needs `"register": "self"` in
   * `lambdaExtension` of package.json.
   */
  beforeRegister?(): void | Promise<void>;
  /** Runs after registering (and subscribing), before the first `next`; after a lazy start, at the first INVOKE. */
  onInit?(context: ExtensionContext): void | Promise<void>;
  /** Runs for each INVOKE; `next` is called when it settles, so its time is the function's time. */
  onInvoke?(event: InvokeEvent, context: InvokeContext): void | Promise<void>;
  /**
   * Runs once after a SnapStart restore: at the first event, or at telemetry about the restore, before the handler of
   * that.
   */
  onRestore?(context: ExtensionContext): void | Promise<void>;
  /** Runs once, at SHUTDOWN or SIGTERM/SIGINT; finish all pending work before the deadline. */
  onShutdown?(event: ShutdownEvent, context: ShutdownContext): void | Promise<void>;
  /** Called at each step, in order. */
  onStep?(step: LifecycleStep): void;
  /** Where the loop's own messages go, one line each. Default: standard error, prefixed with the name. */
  report?(message: string): void;
}
