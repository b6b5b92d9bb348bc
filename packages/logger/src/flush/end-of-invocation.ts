import type { InvokeContext, MalformedEvent, TelemetryEvent } from "@lambda-extension/core";

/** Waits for the end of invocations, which telemetry announces, and not for ever where the announcement is lost. */
export interface EndOfInvocation {
  see(events: readonly TelemetryEvent[], malformed: readonly MalformedEvent[]): void;
  /** Resolves when the function has finished, as far as it can be known. */
  awaited(context: Pick<InvokeContext, "hasTelemetry" | "remainingMs" | "runtimeDone">): Promise<void>;
}

/** Left before an invocation's deadline when its end was never announced. */
const deadlineMarginMs = 500;

/** After the platform dropped something, or sent what cannot be read: the announcement may have been in it. */
const quietMs = 1000;

/**
 * Knows nothing of requests, since there is one at a time. To call `next` while the function still runs costs nothing
 * but that lines it writes later go out later; to wait for an announcement that will not come costs the rest of the
 * function's timeout, billed. Where ends are not announced, every invocation would be held so: after the first none is,
 * until one is announced again.
 */
export function createEndOfInvocation(): EndOfInvocation {
  let isExpected = true;
  let isSuspect = false;
  let quiet: ReturnType<typeof setTimeout> | undefined;
  let giveUp = (): void => {};

  return {
    see(events, malformed) {
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
    async awaited(context) {
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
