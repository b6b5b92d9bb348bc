import type { InitReport, InvocationReport, Report, RestoreReport } from "../history/report.ts";
import type { Failure } from "../state/generation.ts";

/** Durations as the platform prints them: two decimals. */
function milliseconds(durationMs: number): string {
  return `${durationMs.toFixed(2)} ms`;
}

/** The line of a report: its figures, and how the phase ended if it did not succeed. */
function lineOf({ status, errorType }: Report, ...figures: readonly string[]): string {
  const parts = [...figures];
  if (status !== "success") parts.push(`Status: ${status}`);
  if (errorType !== undefined) parts.push(`Error Type: ${errorType}`);
  return parts.join("\t");
}

/**
 * The last line of an invocation. Source: https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
 */
export function reportLine(report: InvocationReport): string {
  const { initDurationMs, restoreDurationMs } = report;
  return lineOf(
    report,
    `REPORT RequestId: ${report.requestId}`,
    `Duration: ${milliseconds(report.durationMs)}`,
    `Billed Duration: ${report.billedDurationMs} ms`,
    `Memory Size: ${report.memorySizeMb} MB`,
    `Max Memory Used: ${report.maxMemoryUsedMb} MB`,
    ...(initDurationMs === undefined ? [] : [`Init Duration: ${milliseconds(initDurationMs)}`]),
    ...(restoreDurationMs === undefined
      ? []
      : [
          `Restore Duration: ${milliseconds(restoreDurationMs)}`,
          `Billed Restore Duration: ${Math.ceil(restoreDurationMs)} ms`,
        ]),
  );
}

/** Printed if an init failed or ran out of time, and always if it does not happen on demand. */
export function initReportLine(report: InitReport): string {
  return lineOf(report, `INIT_REPORT Init Duration: ${milliseconds(report.durationMs)}`, `Phase: ${report.phase}`);
}

/** Printed after the restore of a snapshot. */
export function restoreReportLine(report: RestoreReport): string {
  return lineOf(report, `RESTORE_REPORT Restore Duration: ${milliseconds(report.durationMs)}`);
}

/** One line for each extension at the end of init. */
export function extensionLine(name: string, state: string, events: readonly string[]): string {
  return `EXTENSION\tName: ${name}\tState: ${state}\tEvents: [${events.join(", ")}]`;
}

/** The failure of an invocation that runs out of time. */
export function taskTimedOut(timeoutMs: number): Failure {
  return {
    errorType: "Sandbox.Timedout",
    errorMessage: `Task timed out after ${(timeoutMs / 1000).toFixed(2)} seconds`,
  };
}
