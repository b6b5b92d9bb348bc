import { TimedInvokeContext } from "./contexts.ts";
import { createDeadline, waitAtMost } from "./deadline.ts";
import type { Deadline } from "./deadline.ts";
import { PlatformError } from "./errors.ts";
import type { Interruptible, Interruption } from "./interruption.ts";
import type { InvokeEvent, LifecycleEvent, ParsedLifecycleEvent, ShutdownEvent } from "./lifecycle-event.ts";
import type { Started, StartParts } from "./start-extension.ts";

/**
 * A handler's signal aborts this long before the invocation's deadline. At half of this time before the deadline, the
 * loop goes on without a handler that has not ended.
 */
const invokeMarginMs = 200;
/** If the extension must stop, the loop waits for a running handler until this long before SHUTDOWN's deadline. */
const stopMarginMs = 600;
/** An API that sends only unknown events is broken; polling it for ever would burn CPU. */
const maxUnknownEventsInARow = 10;

/** What polling needs of the life cycle. */
export interface PollParts extends StartParts {
  readonly started: Started;
  readonly interruption: Interruption;
}

interface Invocation {
  readonly deadline: Deadline;
  readonly work: Promise<void>;
}

/**
 * Asks for one event after the other and gives each INVOKE to `onInvoke`, until SHUTDOWN or another reason to stop.
 * Errors: what ends an extension, see docs/life-cycle.md.
 */
export async function pollEvents(parts: PollParts): Promise<ShutdownEvent> {
  const { options, host, api, started, interruption, onStep, onFailure, startHandler } = parts;
  let { restored } = started;
  let unknownInARow = 0;
  let invocation: Invocation | undefined;

  for (;;) {
    const waited = await interruption.during(takeEvents());
    if (invocation === undefined) return shutdownOf(waited);
    const stopped = await finish(invocation);
    if (stopped !== undefined) return stopped;
    invocation = undefined;
  }

  /**
   * Resolves with SHUTDOWN, or with undefined when a handler returns a promise. A handler that is over at once costs no
   * promise: docs/adr/0105-an-invoke-without-promises.md.
   */
  function takeEvents(): Promise<ShutdownEvent | undefined> {
    return new Promise((resolve, reject) => {
      function ask(): void {
        onStep({ kind: "waiting" });
        if (!interruption.isRaised()) api.next({ onEvent, onError: reject });
      }

      function onEvent(received: ParsedLifecycleEvent): void {
        if (interruption.isRaised()) return;
        if (received.kind === "unknown") {
          passOver(received.problem);
          return ask();
        }
        unknownInARow = 0;
        onStep({ kind: "received", event: received.event });
        if (restored === undefined) handle(received.event);
        else restore(received.event, restored).then(() => handle(received.event), reject);
      }

      function handle(event: LifecycleEvent): void {
        if (interruption.isRaised()) return;
        if (event.eventType === "SHUTDOWN") return resolve(event);
        invocation = invoke(event);
        if (invocation === undefined) ask();
        else resolve(undefined);
      }

      ask();
    });
  }

  function passOver(problem: string): void {
    const error = new PlatformError(`The platform sent ${problem}`, { code: "UnknownEvent" });
    onFailure("next", error);
    unknownInARow += 1;
    if (unknownInARow >= maxUnknownEventsInARow) throw error;
  }

  async function restore(event: LifecycleEvent, onRestore: () => Promise<void>): Promise<void> {
    restored = undefined;
    const waited = await waitAtMost(onRestore(), event.deadlineMs - host.clock.wallMs() - invokeMarginMs);
    if (waited.kind === "late") {
      goOnWithout("onRestore");
    }
  }

  function goOnWithout(handler: string): void {
    onFailure(handler, new Error("it had not settled at the event's deadline; the extension goes on without it"));
  }

  /** Undefined if nothing is left to wait for. */
  function invoke(event: InvokeEvent): Invocation | undefined {
    const { context, telemetry, isInert } = started;
    if (options.onInvoke === undefined || isInert) return undefined;
    const deadline = createDeadline({ deadlineEpochMs: event.deadlineMs, marginMs: invokeMarginMs, clock: host.clock });
    const invokeContext = new TimedInvokeContext(event, { base: context, deadline, telemetry });
    const work = startHandler("onInvoke", () => options.onInvoke?.(event, invokeContext));
    if (work !== undefined) return { deadline, work };
    deadline.close();
    return undefined;
  }

  /** Waits for the handler; resolves with an event if the extension has to stop. */
  async function finish({ deadline, work }: Invocation): Promise<ShutdownEvent | undefined> {
    const waited = await interruption.during(work, deadline.remainingMs() - invokeMarginMs / 2);
    if (waited.kind === "stopped") {
      deadline.abort(new Error(`The extension stops: ${waited.event.shutdownReason}`));
      await waitAtMost(work, waited.event.deadlineMs - host.clock.wallMs() - stopMarginMs);
    } else if (waited.kind === "late") {
      goOnWithout("onInvoke");
    }
    deadline.close();
    return waited.kind === "stopped" ? waited.event : undefined;
  }
}

function shutdownOf(waited: Interruptible<ShutdownEvent | undefined>): ShutdownEvent {
  const event = waited.kind === "stopped" ? waited.event : waited.kind === "settled" ? waited.value : undefined;
  if (event === undefined) throw new Error("BUG: polling ended without a reason");
  return event;
}
