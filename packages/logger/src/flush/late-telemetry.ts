import { waitAtMost } from "@lambda-extension/core";
import type { TelemetryEvent } from "@lambda-extension/core";

/** Twice the platform's shortest buffering (25 ms): the last lines of a process arrive after about that time. */
const quietMs = 50;

/**
 * Waits for the telemetry of the last request. The platform makes `platform.report` after an extension called `next`:
 * the last one arrives during SHUTDOWN (https://github.com/elastic/apm-aws-lambda/issues/347).
 */
export function createLateTelemetry() {
  let openRequest: string | undefined;
  let onReport = (): void => {};

  return {
    see(events: readonly TelemetryEvent[]): void {
      for (const event of events) {
        if (event.kind === "platform.start") openRequest = event.record.requestId;
        if (event.kind !== "platform.report" || event.record.requestId !== openRequest) continue;
        openRequest = undefined;
        onReport();
      }
    },
    /** Resolves 50 ms after the report of the last request, or after `timeoutMs`. Units: milliseconds. */
    async settled(timeoutMs: number): Promise<void> {
      const reported =
        openRequest === undefined ? Promise.resolve() : new Promise<void>((resolve) => (onReport = resolve));
      await waitAtMost(reported, timeoutMs - quietMs);
      await waitAtMost(new Promise(() => {}), Math.min(quietMs, timeoutMs));
    },
  };
}
