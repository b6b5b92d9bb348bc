import type { InvokeContext, MalformedEvent, TelemetryEvent } from "@lambda-extension/core";

/** Time left before an invocation's deadline if telemetry never announced its end. */
const deadlineMarginMs = 500;

/** After the platform dropped events, or sent malformed ones: the announcement may have been among them. */
const quietMs = 1000;

/**
 * Waits for the end of an invocation, which telemetry announces; without a request id, since there is one at a time.
 * A `next` that comes too early only delays the lines that the function still writes. A wait for a lost announcement
 * costs the rest of the function's timeout, billed: after the first such wait, no invocation is held until telemetry
 * announces an end again.
 */
export function createEndOfInvocation() {
  let isExpected = true;
  let isSuspect = false;
  let quiet: ReturnType<typeof setTimeout> | undefined;
  let giveUp = (): void => {};

  return {
    see(events: readonly TelemetryEvent[], malformed: readonly MalformedEvent[]): void {
      if (malformed.length > 0) isSuspect = true;
      for (const event of events) {
        if (event.kind === "platform.logsDropped") isSuspect = true;
        if (event.kind !== "platform.runtimeDone") continue;
        isExpected = true;
        isSuspect = false;
      }
      clearTimeout(quiet);
      if (isSuspect) quiet = setTimeout(() => giveUp(), quietMs).unref();
    },
    /** Resolves when the function has finished, as far as that is known. */
    async awaited(context: Pick<InvokeContext, "hasTelemetry" | "remainingMs" | "runtimeDone">): Promise<void> {
      if (!context.hasTelemetry || !isExpected) return;
      const givenUp = new Promise<undefined>((resolve) => (giveUp = () => resolve(undefined)));
      const done = await Promise.race([
        context.runtimeDone({ graceMs: context.remainingMs() - deadlineMarginMs }),
        givenUp,
      ]);
      isExpected = done !== undefined;
    },
  };
}
