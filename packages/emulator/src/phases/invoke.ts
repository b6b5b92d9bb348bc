import type { InvocationReport } from "../history/report.ts";
import { preciseEpochMs } from "../history/timeline.ts";
import { waitFor } from "../state/generation.ts";
import type { Failure, Generation } from "../state/generation.ts";
import type { Invocation } from "../state/invocation.ts";
import type { Platform } from "../state/platform.ts";
import { releaseEvent } from "../state/release-event.ts";
import { releaseInvocation } from "../state/release-invocation.ts";
import { announce, roundToMicroseconds } from "./announce.ts";
import type { FailedInit } from "./init.ts";
import { maxMemoryUsedMb, warnOfMemory } from "./memory.ts";
import { endLine, failureLine, reportLine, startLine, timeoutLine } from "./platform-lines.ts";
import { createSpan, responseSpans } from "./response-spans.ts";

/** How an invocation ended for the platform. */
export type InvokeOutcome =
  | { readonly kind: "done" }
  | { readonly kind: "timeout" | "failed"; readonly failure: Failure };

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
    text: startLine(requestId, platform.settings.functionVersion),
  });
}

/**
 * Releases the event to every extension that subscribed and to the runtime, and is over when all have called `next`
 * again. The caller has its answer as soon as the runtime gave it. The timeout counts the extensions.
 */
export async function runInvocation(
  platform: Platform,
  generation: Generation,
  run: InvokeRun,
): Promise<InvokeOutcome> {
  const { invocation } = run;
  const { runtime } = generation;
  const waiting = generation.extensions.filter((extension) => extension.events.includes("INVOKE"));
  const startEpochMs = preciseEpochMs();
  for (const extension of waiting) releaseEvent(platform, extension, { kind: "INVOKE", invocation });
  releaseInvocation(platform, runtime, invocation);

  let ending = await waitFor(generation, () => runtime.state === "Ready", invocation.deadlineEpochMs);
  const runtimeDoneEpochMs = preciseEpochMs();
  if (ending === "met") {
    emitRuntimeDone(platform, invocation, { startEpochMs, endEpochMs: runtimeDoneEpochMs, status: "success" });
    ending = await waitFor(
      generation,
      () => waiting.every(({ state }) => state === "Ready"),
      invocation.deadlineEpochMs,
    );
    if (waiting.length > 0) {
      platform.timeline.span("platform", "overhead", runtimeDoneEpochMs, { requestId: invocation.requestId });
    }
  } else {
    const status = ending === "deadline" ? "timeout" : "error";
    emitRuntimeDone(platform, invocation, {
      startEpochMs,
      endEpochMs: runtimeDoneEpochMs,
      status,
      failure: generation.failure,
    });
  }
  platform.timeline.span("platform", "invoke", startEpochMs, { requestId: invocation.requestId });
  const outcome = toOutcome(platform, generation, invocation, ending);
  emitReport(platform, generation, {
    ...run,
    outcome,
    startEpochMs,
    runtimeDoneEpochMs,
    hasExtensions: waiting.length > 0,
  });
  return outcome;
}

function toOutcome(
  platform: Platform,
  generation: Generation,
  invocation: Invocation,
  ending: "met" | "failed" | "deadline",
): InvokeOutcome {
  if (ending === "met") return { kind: "done" };
  if (ending === "deadline") {
    const seconds = (platform.settings.timeoutMs / 1000).toFixed(2);
    platform.write("platform", "platform", timeoutLine(invocation.requestId, platform.settings.timeoutMs));
    // Lambda does not say whom it waited for; the developer of an extension wants to know.
    if (generation.runtime.state !== "Ready") platform.write("platform", "platform", "it waited for the function");
    for (const { name, state, events } of generation.extensions) {
      if (events.includes("INVOKE") && state !== "Ready") {
        platform.write("platform", "platform", `it waited for ${name} to ask for its next event`);
      }
    }
    return {
      kind: "timeout",
      failure: { errorType: "Sandbox.Timedout", errorMessage: `Task timed out after ${seconds} seconds` },
    };
  }
  const failure = generation.failure ?? { errorType: "Sandbox.Failure", errorMessage: "unknown" };
  platform.write("platform", "platform", failureLine(invocation.requestId, failure));
  return { kind: "failed", failure };
}

interface RuntimeDone {
  readonly startEpochMs: number;
  readonly endEpochMs: number;
  readonly status: "success" | "error" | "timeout";
  readonly failure?: Failure | undefined;
}

function emitRuntimeDone(platform: Platform, invocation: Invocation, done: RuntimeDone): void {
  const { response } = invocation;
  const spans =
    response === undefined
      ? []
      : [
          ...responseSpans(done.startEpochMs, response),
          createSpan("runtimeOverhead", response.endEpochMs, done.endEpochMs),
        ];
  platform.telemetry.emit("platform.runtimeDone", {
    requestId: invocation.requestId,
    status: done.status,
    ...(done.failure === undefined ? {} : { errorType: done.failure.errorType }),
    metrics: {
      durationMs: roundToMicroseconds(done.endEpochMs - done.startEpochMs),
      producedBytes: response?.bytes ?? 0,
    },
    tracing: { type: "X-Amzn-Trace-Id", value: invocation.traceId },
    ...(spans.length === 0 ? {} : { spans }),
  });
}

interface ReportRun extends InvokeRun {
  readonly outcome: InvokeOutcome;
  readonly startEpochMs: number;
  readonly runtimeDoneEpochMs: number;
  readonly hasExtensions: boolean;
}

function emitReport(platform: Platform, generation: Generation, run: ReportRun): void {
  const { invocation, outcome, initDurationMs, restoreDurationMs } = run;
  const { settings } = platform;
  const endEpochMs = preciseEpochMs();
  const durationMs = outcome.kind === "timeout" ? settings.timeoutMs : endEpochMs - run.startEpochMs;
  const status = { done: "success", failed: "error", timeout: "timeout" } as const;
  const errorType = outcome.kind === "failed" ? outcome.failure.errorType : undefined;
  const maxMemory = maxMemoryUsedMb(generation);
  // The init phase is paid for too. Source:
  // https://aws.amazon.com/blogs/compute/aws-lambda-standardizes-billing-for-init-phase/
  const billedDurationMs = Math.ceil(durationMs + (initDurationMs ?? 0));
  const metrics = {
    durationMs: roundToMicroseconds(durationMs),
    billedDurationMs,
    memorySizeMB: settings.memorySizeMb,
    maxMemoryUsedMB: maxMemory,
    ...(initDurationMs === undefined ? {} : { initDurationMs: roundToMicroseconds(initDurationMs) }),
    ...(restoreDurationMs === undefined ? {} : { restoreDurationMs: roundToMicroseconds(restoreDurationMs) }),
  };
  const overhead = {
    name: "extensionOverhead",
    start: new Date(run.runtimeDoneEpochMs).toISOString(),
    durationMs: roundToMicroseconds(endEpochMs - run.runtimeDoneEpochMs),
  };
  const report: InvocationReport = {
    kind: "invocation",
    requestId: invocation.requestId,
    status: status[outcome.kind],
    errorType,
    durationMs,
    billedDurationMs,
    memorySizeMb: settings.memorySizeMb,
    maxMemoryUsedMb: maxMemory,
    initDurationMs,
    restoreDurationMs,
  };
  if (settings.logFormat === "Text") platform.write("platform", "platform", endLine(invocation.requestId));
  announce(platform, {
    type: "platform.report",
    record: {
      requestId: invocation.requestId,
      status: status[outcome.kind],
      ...(errorType === undefined ? {} : { errorType }),
      metrics,
      tracing: { type: "X-Amzn-Trace-Id", value: invocation.traceId },
      ...(run.hasExtensions && outcome.kind === "done" ? { spans: [overhead] } : {}),
    },
    report,
    text: reportLine(report),
  });
  warnOfMemory(platform, generation, maxMemory);
}

/** Writes what an invocation leaves whose init failed: the function never saw it. */
export function reportFailedInit(
  platform: Platform,
  generation: Generation,
  invocation: Invocation,
  outcome: FailedInit,
): void {
  const startEpochMs = preciseEpochMs() - outcome.durationMs;
  announceStart(platform, invocation);
  const { failure } = outcome;
  const status = outcome.kind === "timeout" ? "timeout" : "error";
  emitRuntimeDone(platform, invocation, { startEpochMs, endEpochMs: preciseEpochMs(), status, failure });
  emitReport(platform, generation, {
    invocation,
    outcome: { kind: outcome.kind, failure },
    startEpochMs,
    runtimeDoneEpochMs: preciseEpochMs(),
    hasExtensions: false,
  });
}
