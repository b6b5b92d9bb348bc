import type { InitReport, InvocationReport, RestoreReport } from "../history/report.ts";
import type { Failure } from "../state/generation.ts";

/** Durations as the platform prints them: two decimals. */
function milliseconds(durationMs: number): string {
  return `${durationMs.toFixed(2)} ms`;
}

/** The first line of an invocation. */
export function startLine(requestId: string, version: string): string {
  return `START RequestId: ${requestId} Version: ${version}`;
}

/** The line before the report. */
export function endLine(requestId: string): string {
  return `END RequestId: ${requestId}`;
}

/**
 * The last line of an invocation. Source: https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
 */
export function reportLine(report: InvocationReport): string {
  const parts = [
    `REPORT RequestId: ${report.requestId}`,
    `Duration: ${milliseconds(report.durationMs)}`,
    `Billed Duration: ${report.billedDurationMs} ms`,
    `Memory Size: ${report.memorySizeMb} MB`,
    `Max Memory Used: ${report.maxMemoryUsedMb} MB`,
  ];
  if (report.initDurationMs !== undefined) parts.push(`Init Duration: ${milliseconds(report.initDurationMs)}`);
  if (report.restoreDurationMs !== undefined) {
    parts.push(
      `Restore Duration: ${milliseconds(report.restoreDurationMs)}`,
      `Billed Restore Duration: ${Math.ceil(report.restoreDurationMs)} ms`,
    );
  }
  if (report.status !== "success") parts.push(`Status: ${report.status}`);
  if (report.errorType !== undefined) parts.push(`Error Type: ${report.errorType}`);
  return parts.join("\t");
}

/** Printed where an init failed or ran out of time, and always where it does not happen on demand. */
export function initReportLine({ durationMs, phase, status, errorType }: InitReport): string {
  const parts = [`INIT_REPORT Init Duration: ${milliseconds(durationMs)}`, `Phase: ${phase}`];
  if (status !== "success") parts.push(`Status: ${status}`);
  if (errorType !== undefined) parts.push(`Error Type: ${errorType}`);
  return parts.join("\t");
}

/** Printed after the restore of a snapshot. */
export function restoreReportLine({ durationMs, status, errorType }: RestoreReport): string {
  const parts = [`RESTORE_REPORT Restore Duration: ${milliseconds(durationMs)}`];
  if (status !== "success") parts.push(`Status: ${status}`);
  if (errorType !== undefined) parts.push(`Error Type: ${errorType}`);
  return parts.join("\t");
}

/** One line for each extension at the end of init. */
export function extensionLine(name: string, state: string, events: readonly string[]): string {
  return `EXTENSION\tName: ${name}\tState: ${state}\tEvents: [${events.join(", ")}]`;
}

/** What a failure other than a timeout says in the log. */
export function failureLine(requestId: string, failure: Failure): string {
  return `RequestId: ${requestId} Error: ${failure.errorMessage}\n${failure.errorType}`;
}

/** What a timeout says in the log. */
export function timeoutLine(requestId: string, timeoutMs: number): string {
  return `${new Date().toISOString()} ${requestId} Task timed out after ${(timeoutMs / 1000).toFixed(2)} seconds`;
}
