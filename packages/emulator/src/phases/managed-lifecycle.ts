import { preciseEpochMs } from "../history/timeline.ts";
import { EmulatorError } from "../problems/emulator-error.ts";
import { createGeneration, errorTypeOf, fail, failureAnswer, waitFor } from "../state/generation.ts";
import type { Ending } from "../state/generation.ts";
import type { Invocation } from "../state/invocation.ts";
import { createInvocation } from "../state/invocation.ts";
import type { Platform } from "../state/platform.ts";
import { releaseManagedInvocation } from "../state/release-invocation.ts";
import { announce, responseSpans, roundToMicroseconds } from "./announce.ts";
import { runInit } from "./init.ts";
import type { Lifecycle } from "./lifecycle.ts";
import { taskTimedOut } from "./platform-lines.ts";
import { shutDown } from "./shutdown.ts";
import type { ShutdownReason } from "./shutdown.ts";

/**
 * The life of an environment on Managed Instances: invocations run at the same time, extensions do not see them, a
 * crash ends the environment for good, nothing freezes.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/lambda-managed-instances-execution-environment.html
 */
export function createManagedLifecycle(platform: Platform): Lifecycle {
  const generation = createGeneration();
  const running = new Set<Promise<void>>();
  const open = new Set<Invocation>();
  let ended: Promise<void> | undefined;

  function end(reason: ShutdownReason): Promise<void> {
    ended ??= shutDown(platform, generation, reason);
    return ended;
  }

  async function run(invocation: Invocation): Promise<void> {
    const startEpochMs = preciseEpochMs();
    open.add(invocation);
    announceManagedStart(platform, invocation);
    releaseManagedInvocation(platform, generation, invocation);
    const timedOut = taskTimedOut(platform.settings.timeoutMs);
    const limit = { deadlineEpochMs: invocation.deadlineEpochMs, timedOut };
    const ending = await waitFor(generation, () => invocation.response !== undefined, limit);
    open.delete(invocation);
    platform.timeline.span("platform", "invoke", startEpochMs, { requestId: invocation.requestId });
    if (invocation.response === undefined && ending.status !== "success") {
      invocation.answer(failureAnswer(invocation.requestId, ending.failure, generation));
    }
    announceManagedReport(platform, invocation, { startEpochMs, ending });
    if (generation.failure !== undefined) await end("failure");
  }

  return {
    generation,
    async start() {
      const outcome = await runInit(platform, generation, {
        phase: "init",
        deadlineEpochMs: Date.now() + platform.settings.initTimeoutMs,
      });
      if (outcome.status !== "success") await end("failure");
    },
    invoke(event, options) {
      if (ended !== undefined) {
        return Promise.reject(
          new EmulatorError("the environment has ended, and Managed Instances do not replace it: start another one"),
        );
      }
      return new Promise((resolve, reject) => {
        const work = run(createInvocation(platform, { event, options, resolve, reject }));
        running.add(work);
        void work.catch(reject).finally(() => running.delete(work));
      });
    },
    async idle() {
      await Promise.allSettled(running);
    },
    abort() {
      const unanswered = [...open].filter((invocation) => invocation.response === undefined);
      for (const invocation of unanswered) invocation.abandon();
      if (ended === undefined && (unanswered.length > 0 || generation.runtime.state === "Started")) {
        fail(generation, { errorType: "Sandbox.Failure", errorMessage: "the environment was closed" });
      }
      return Promise.resolve();
    },
    async shutdown(reason) {
      await Promise.allSettled(running);
      await end(reason);
    },
  };
}

function announceManagedStart(platform: Platform, invocation: Invocation): void {
  const { requestId, functionArn, traceId } = invocation;
  const record = {
    requestId,
    functionArn,
    version: platform.settings.functionVersion,
    tracing: { type: "X-Amzn-Trace-Id", value: traceId },
  };
  announce(platform, { type: "platform.start", record, text: "" });
}

function announceManagedReport(
  platform: Platform,
  invocation: Invocation,
  { startEpochMs, ending }: { readonly startEpochMs: number; readonly ending: Ending },
): void {
  const { requestId, response, traceId } = invocation;
  // Unlike on demand, an error that the handler reported counts. A failure after the answer is not this invocation's.
  const errorType = response === undefined ? errorTypeOf(ending) : response.errorType;
  const answeredStatus = errorType === undefined ? "success" : "error";
  const status = response === undefined ? ending.status : answeredStatus;
  const durationMs = preciseEpochMs() - startEpochMs;
  const record = {
    requestId,
    status,
    errorType,
    metrics: { durationMs: roundToMicroseconds(durationMs) },
    spans: response && responseSpans(startEpochMs, response),
    tracing: { type: "X-Amzn-Trace-Id", value: traceId },
  };
  const report = { kind: "invocation", requestId, status, errorType, durationMs } as const;
  announce(platform, { type: "platform.report", record, text: "", report });
}
