import { waitAtMost } from "@lambda-extension/core";
import type { TelemetryEvent } from "@lambda-extension/core";

/** Knows whether the platform still owes something about the last request. */
export interface LateTelemetry {
  see(events: readonly TelemetryEvent[]): void;
  /**
   * Resolves when the last request's report has come and a quiet moment after it, or after `timeoutMs`. Units:
   * milliseconds.
   */
  settled(timeoutMs: number): Promise<void>;
}

/**
 * Twice the platform's shortest buffering (25 ms): what a process printed at its end is on its way for about that long.
 */
const quietMs = 50;

/**
 * `platform.report` is made after an extension called `next`, so the last one arrives during SHUTDOWN
 * (https://github.com/elastic/apm-aws-lambda/issues/347).
 */
export function createLateTelemetry(): LateTelemetry {
  let openRequest: string | undefined;
  let onReport = (): void => {};

  return {
    see(events) {
      for (const event of events) {
        if (event.kind === "platform.start") openRequest = event.record.requestId;
        if (event.kind !== "platform.report" || event.record.requestId !== openRequest) continue;
        openRequest = undefined;
        onReport();
      }
    },
    async settled(timeoutMs) {
      const reported =
        openRequest === undefined ? Promise.resolve() : new Promise<void>((resolve) => (onReport = resolve));
      await waitAtMost(reported, timeoutMs - quietMs);
      await waitAtMost(new Promise(() => {}), Math.min(quietMs, timeoutMs));
    },
  };
}
