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

/** What a report line says. */
export interface ReportFacts {
  readonly requestId: string;
  readonly durationMs: number;
  readonly billedDurationMs: number;
  readonly memorySizeMb: number;
  readonly maxMemoryUsedMb: number;
  readonly initDurationMs?: number | undefined;
  readonly restoreDurationMs?: number | undefined;
  readonly status: "success" | "error" | "timeout";
  readonly errorType?: string | undefined;
}

/**
 * The last line of an invocation. Source: https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
 */
export function reportLine(facts: ReportFacts): string {
  const parts = [
    `REPORT RequestId: ${facts.requestId}`,
    `Duration: ${milliseconds(facts.durationMs)}`,
    `Billed Duration: ${facts.billedDurationMs} ms`,
    `Memory Size: ${facts.memorySizeMb} MB`,
    `Max Memory Used: ${facts.maxMemoryUsedMb} MB`,
  ];
  if (facts.initDurationMs !== undefined) parts.push(`Init Duration: ${milliseconds(facts.initDurationMs)}`);
  if (facts.restoreDurationMs !== undefined) {
    parts.push(
      `Restore Duration: ${milliseconds(facts.restoreDurationMs)}`,
      `Billed Restore Duration: ${Math.ceil(facts.restoreDurationMs)} ms`,
    );
  }
  if (facts.status !== "success") parts.push(`Status: ${facts.status}`);
  if (facts.errorType !== undefined) parts.push(`Error Type: ${facts.errorType}`);
  return parts.join("\t");
}

/** What an init report says. */
export interface InitReportFacts {
  readonly durationMs: number;
  readonly phase: "init" | "invoke";
  readonly status: string;
  readonly errorType: string | undefined;
}

/** Printed where an init failed or ran out of time, and always where it does not happen on demand. */
export function initReportLine({ durationMs, phase, status, errorType }: InitReportFacts): string {
  const parts = [`INIT_REPORT Init Duration: ${milliseconds(durationMs)}`, `Phase: ${phase}`];
  if (status !== "success") parts.push(`Status: ${status}`);
  if (errorType !== undefined) parts.push(`Error Type: ${errorType}`);
  return parts.join("\t");
}

/** Printed after the restore of a snapshot. */
export function restoreReportLine(durationMs: number, status: string, errorType: string | undefined): string {
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
