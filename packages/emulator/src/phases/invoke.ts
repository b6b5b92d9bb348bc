import type { InvocationReport } from "../history/report.ts";
import { preciseEpochMs } from "../history/timeline.ts";
import { errorTypeOf, waitFor } from "../state/generation.ts";
import type { Ending, FailedEnding, Generation } from "../state/generation.ts";
import type { Invocation } from "../state/invocation.ts";
import type { Platform } from "../state/platform.ts";
import { releaseEvent } from "../state/release-event.ts";
import { releaseInvocation } from "../state/release-invocation.ts";
import { announce, createSpan, responseSpans, roundToMicroseconds } from "./announce.ts";
import { maxMemoryUsedMb, warnOfMemory } from "./memory.ts";
import { reportLine, taskTimedOut } from "./platform-lines.ts";

/** An invocation and what its report adds. */
export interface InvokeRun {
  readonly invocation: Invocation;
  readonly initDurationMs?: number | undefined;
  readonly restoreDurationMs?: number | undefined;
}

/** Writes the start of an invocation. */
export function announceStart(platform: Platform, invocation: Invocation): void {
  const { requestId } = invocation;
  announce(platform, {
    type: "platform.start",
    record: {
      requestId,
      version: platform.settings.functionVersion,
      tracing: { type: "X-Amzn-Trace-Id", value: invocation.traceId },
    },
    text: `START RequestId: ${requestId} Version: ${platform.settings.functionVersion}`,
  });
}

/**
 * Releases the event to every extension that subscribed and to the runtime, and is over when all have called `next`
 * again. The caller has its answer as soon as the runtime gave it. The timeout counts the extensions.
 */
export async function runInvocation(platform: Platform, generation: Generation, run: InvokeRun): Promise<Ending> {
  const { invocation } = run;
  const { requestId } = invocation;
  const { runtime } = generation;
  const waiting = generation.extensions.filter((extension) => extension.events.includes("INVOKE"));
  const startEpochMs = preciseEpochMs();
  for (const extension of waiting) releaseEvent(platform, extension, { kind: "INVOKE", invocation });
  releaseInvocation(platform, runtime, invocation);

  const timedOut = taskTimedOut(platform.settings.timeoutMs);
  const limit = { deadlineEpochMs: invocation.deadlineEpochMs, timedOut };
  let ending = await waitFor(generation, () => runtime.state === "Ready", limit);
  const runtimeDoneEpochMs = preciseEpochMs();
  const { status } = ending;
  const errorType = errorTypeOf(ending);
  emitRuntimeDone(platform, invocation, { startEpochMs, endEpochMs: runtimeDoneEpochMs, status, errorType });
  if (status === "success") {
    ending = await waitFor(generation, () => waiting.every(({ state }) => state === "Ready"), limit);
    if (waiting.length > 0) platform.timeline.span("platform", "overhead", runtimeDoneEpochMs, { requestId });
  }
  platform.timeline.span("platform", "invoke", startEpochMs, { requestId });
  if (ending.status !== "success") writeFailure(platform, generation, requestId, ending);
  const hasExtensions = waiting.length > 0;
  emitReport(platform, generation, { ...run, ending, startEpochMs, runtimeDoneEpochMs, hasExtensions });
  return ending;
}

function writeFailure(platform: Platform, generation: Generation, requestId: string, ending: FailedEnding): void {
  const write = (text: string): void => platform.write("platform", "platform", text);
  const { errorType, errorMessage } = ending.failure;
  if (ending.status === "error") {
    write(`RequestId: ${requestId} Error: ${errorMessage}\n${errorType}`);
    return;
  }
  write(`${new Date().toISOString()} ${requestId} ${errorMessage}`);
  // Lambda does not say which process it waited for; the developer of an extension wants to know.
  if (generation.runtime.state !== "Ready") write("it waited for the function");
  for (const { name, state, events } of generation.extensions) {
    if (events.includes("INVOKE") && state !== "Ready") write(`it waited for ${name} to ask for its next event`);
  }
}

interface RuntimeDone {
  readonly startEpochMs: number;
  readonly endEpochMs: number;
  readonly status: Ending["status"];
  readonly errorType: string | undefined;
}

function emitRuntimeDone(platform: Platform, invocation: Invocation, done: RuntimeDone): void {
  const { response } = invocation;
  const spans = response && [
    ...responseSpans(done.startEpochMs, response),
    createSpan("runtimeOverhead", response.endEpochMs, done.endEpochMs),
  ];
  platform.telemetry.emit("platform.runtimeDone", {
    requestId: invocation.requestId,
    status: done.status,
    errorType: done.errorType,
    metrics: {
      durationMs: roundToMicroseconds(done.endEpochMs - done.startEpochMs),
      producedBytes: response?.bytes ?? 0,
    },
    tracing: { type: "X-Amzn-Trace-Id", value: invocation.traceId },
    spans,
  });
}

interface ReportRun extends InvokeRun {
  readonly ending: Ending;
  readonly startEpochMs: number;
  readonly runtimeDoneEpochMs: number;
  readonly hasExtensions: boolean;
}

function emitReport(platform: Platform, generation: Generation, run: ReportRun): void {
  const endEpochMs = preciseEpochMs();
  const usedMb = maxMemoryUsedMb(generation);
  const report = toReport(platform, run, { endEpochMs, usedMb });
  const { requestId, status, errorType, initDurationMs, restoreDurationMs } = report;
  const metrics = {
    durationMs: roundToMicroseconds(report.durationMs),
    billedDurationMs: report.billedDurationMs,
    memorySizeMB: report.memorySizeMb,
    maxMemoryUsedMB: usedMb,
    initDurationMs: initDurationMs && roundToMicroseconds(initDurationMs),
    restoreDurationMs: restoreDurationMs && roundToMicroseconds(restoreDurationMs),
  };
  const tracing = { type: "X-Amzn-Trace-Id", value: run.invocation.traceId };
  const hasOverhead = run.hasExtensions && status === "success";
  const spans = hasOverhead ? [createSpan("extensionOverhead", run.runtimeDoneEpochMs, endEpochMs)] : undefined;
  if (platform.settings.logFormat === "Text") platform.write("platform", "platform", `END RequestId: ${requestId}`);
  announce(platform, {
    type: "platform.report",
    record: { requestId, status, errorType, metrics, tracing, spans },
    report,
    text: reportLine(report),
  });
  warnOfMemory(platform, generation, usedMb);
}

function toReport(
  { settings }: Platform,
  run: ReportRun,
  { endEpochMs, usedMb }: { readonly endEpochMs: number; readonly usedMb: number },
): InvocationReport {
  const { ending, initDurationMs, restoreDurationMs } = run;
  const durationMs = ending.status === "timeout" ? settings.timeoutMs : endEpochMs - run.startEpochMs;
  return {
    kind: "invocation",
    requestId: run.invocation.requestId,
    status: ending.status,
    errorType: errorTypeOf(ending),
    durationMs,
    // The init phase is paid for too. Source:
    // https://aws.amazon.com/blogs/compute/aws-lambda-standardizes-billing-for-init-phase/
    billedDurationMs: Math.ceil(durationMs + (initDurationMs ?? 0)),
    memorySizeMb: settings.memorySizeMb,
    maxMemoryUsedMb: usedMb,
    initDurationMs,
    restoreDurationMs,
  };
}

/** Writes the lines and events of an invocation whose init failed: the function never saw it. */
export function reportFailedInit(
  platform: Platform,
  generation: Generation,
  invocation: Invocation,
  ending: FailedEnding & { readonly durationMs: number },
): void {
  const runtimeDoneEpochMs = preciseEpochMs();
  const startEpochMs = runtimeDoneEpochMs - ending.durationMs;
  const { status, failure } = ending;
  announceStart(platform, invocation);
  const { errorType } = failure;
  emitRuntimeDone(platform, invocation, { startEpochMs, endEpochMs: runtimeDoneEpochMs, status, errorType });
  emitReport(platform, generation, { invocation, ending, startEpochMs, runtimeDoneEpochMs, hasExtensions: false });
}
