import type { InvokeEvent, LifecycleEventType, LifecycleEvent, ShutdownEvent } from "./lifecycle-event.ts";
import type { PlatformRuntimeDone, TelemetryEvent, TelemetryType } from "./telemetry/telemetry-event.ts";

/**
 * What `POST /extension/register` told. The identifier is a credential and stays inside the loop;
 * `identifierHint` is its first eight characters, enough to tell two environments apart in a log.
 */
export interface Registration {
  readonly identifierHint: string;
  readonly functionName: string;
  readonly functionVersion: string;
  readonly handler: string;
  /** Present where the platform gives it. */
  readonly accountId?: string;
  /** Who sent the request: the layer's launcher, before Node started, or this process. */
  readonly registeredBy: "launcher" | "core";
}

/**
 * How the environment was started: `on-demand`, `provisioned-concurrency`, `snap-start`, `lambda-managed-instances`, or
 * newer.
 */
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
  /** True after a successful telemetry subscription; false where the platform has none (202) or none was asked for. */
  readonly hasTelemetry: boolean;
}

/** Handed to `onInvoke`. */
export interface InvokeContext extends ExtensionContext, DeadlineContext {
  readonly requestId: string;
  readonly functionArn: string;
  /**
   * Resolves with this request's `platform.runtimeDone`, also when it came before the INVOKE event;
   * with `undefined` after `graceMs`, at the deadline, or at once where there is no telemetry.
   */
  runtimeDone(options: { readonly graceMs: number }): Promise<PlatformRuntimeDone | undefined>;
}

/** Handed to `onShutdown`. */
export interface ShutdownContext extends ExtensionContext, DeadlineContext {
  /** Lower case: `spindown`, `timeout`, `failure`, or what the platform sent. */
  readonly reason: string;
  /**
   * Takes no more telemetry, and resolves when every acknowledged batch has gone through `onEvents`: flush after it and
   * nothing acknowledged is lost. Until it is called, batches keep arriving during `onShutdown`; the platform sends its
   * last ones then. The loop itself does the same after `onShutdown`.
   */
  stopTelemetry(): Promise<void>;
}

/** The steps of the life cycle, in order, for an extension that wants to tell about them. */
export type LifecycleStep =
  | { readonly kind: "registering" }
  | { readonly kind: "registered"; readonly registration: Registration }
  | { readonly kind: "waiting" }
  | { readonly kind: "received"; readonly event: LifecycleEvent };

/** What to receive over the Telemetry API, and how it is buffered by the platform. */
export interface TelemetryOptions {
  readonly types: readonly TelemetryType[];
  /** Default `HTTP`: TCP cannot acknowledge. */
  readonly protocol?: "HTTP" | "TCP";
  /** Preferred port; a free one is taken when it is in use. Default: any free port. */
  readonly port?: number;
  /** Platform-side buffering. Ranges: maxItems 1000–10000, maxBytes 262144–1048576, timeoutMs 25–30000. */
  readonly buffering?: { readonly maxItems?: number; readonly maxBytes?: number; readonly timeoutMs?: number };
  /**
   * Receives each decoded batch, in order, after it was acknowledged, and once where the platform repeats it.
   * A throw is counted and said once; the next batch still arrives.
   * `malformed` are the elements that are no telemetry events, kept as they came.
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
  /**
   * Asked only where no launcher gave its own. Must equal the file name in /opt/extensions. Default: the name of the
   * bundle's folder.
   */
  readonly name?: string;
  /**
   * Default: `["INVOKE", "SHUTDOWN"]`; `INVOKE` is left out on Lambda Managed Instances. Ignored where the launcher
   * registered.
   */
  readonly events?: readonly LifecycleEventType[];
  /**
   * After registering: `open` (default) never fails the function; `closed` reports `init/error` or `exit/error` and
   * exits 1.
   */
  readonly failure?: "open" | "closed";
  readonly telemetry?: TelemetryOptions;
  /**
   * Runs before registering: for a server that must be up before function code runs. Needs `"register": "self"` in the
   * layer.
   */
  beforeRegister?(): void | Promise<void>;
  /** Runs after registering (and subscribing), before the first `next`. */
  onInit?(context: ExtensionContext): void | Promise<void>;
  /** Runs for each INVOKE; `next` is called when it settles, so its time is the function's time. */
  onInvoke?(event: InvokeEvent, context: InvokeContext): void | Promise<void>;
  /** Runs on the first sign of life after a SnapStart restore, before that event's handler. */
  onRestore?(context: ExtensionContext): void | Promise<void>;
  /** Runs once, at SHUTDOWN or SIGTERM/SIGINT; drain what is pending before the deadline. */
  onShutdown?(event: ShutdownEvent, context: ShutdownContext): void | Promise<void>;
  /** Told at each step, in order. */
  onStep?(step: LifecycleStep): void;
  /** Where the loop's own messages go, one line each. Default: standard error, prefixed with the name. */
  report?(message: string): void;
}
