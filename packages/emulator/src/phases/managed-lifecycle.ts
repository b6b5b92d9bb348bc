import { preciseEpochMs } from "../history/timeline.ts";
import { EmulatorError } from "../problems/emulator-error.ts";
import { createGeneration, fail, failureAnswer, waitFor } from "../state/generation.ts";
import type { Failure } from "../state/generation.ts";
import type { Invocation } from "../state/invocation.ts";
import { createInvocation } from "../state/invocation.ts";
import type { Platform } from "../state/platform.ts";
import { releaseManagedInvocation } from "../state/release-invocation.ts";
import { announce, roundToMicroseconds } from "./announce.ts";
import { runInit } from "./init.ts";
import type { Lifecycle } from "./lifecycle.ts";
import { responseSpans } from "./response-spans.ts";
import { shutDown } from "./shutdown.ts";
import type { ShutdownReason } from "./shutdown.ts";

/**
 * The life of an environment on Managed Instances: invocations run at the same time, extensions see none of them, a
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
    const ending = await waitFor(generation, () => invocation.response !== undefined, invocation.deadlineEpochMs);
    open.delete(invocation);
    // A failure that comes after the answer is not this invocation's.
    const outcome = invocation.response === undefined ? ending : "met";
    platform.timeline.span("platform", "invoke", startEpochMs, { requestId: invocation.requestId });
    if (outcome !== "met") {
      invocation.answer(
        failureAnswer(invocation.requestId, toFailure(platform, outcome, generation.failure), generation),
      );
    }
    announceManagedReport(platform, invocation, { startEpochMs, outcome, failure: generation.failure });
    if (generation.failure !== undefined) await end("failure");
  }

  return {
    generation,
    async start() {
      const outcome = await runInit(platform, generation, {
        phase: "init",
        deadlineEpochMs: Date.now() + platform.settings.initTimeoutMs,
      });
      if (outcome.kind !== "ready") await end("failure");
    },
    invoke(event, options) {
      if (ended !== undefined) {
        return Promise.reject(
          new EmulatorError(
            "the environment has ended, and on Managed Instances none takes its place: start another one",
          ),
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

function toFailure(platform: Platform, ending: "failed" | "deadline", failure: Failure | undefined): Failure {
  if (ending === "failed" && failure !== undefined) return failure;
  return {
    errorType: "Sandbox.Timedout",
    errorMessage: `Task timed out after ${(platform.settings.timeoutMs / 1000).toFixed(2)} seconds`,
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

interface ManagedEnd {
  readonly startEpochMs: number;
  readonly outcome: "met" | "failed" | "deadline";
  readonly failure: Failure | undefined;
}

function announceManagedReport(
  platform: Platform,
  invocation: Invocation,
  { startEpochMs, outcome, failure }: ManagedEnd,
): void {
  const { requestId, response, traceId } = invocation;
  const spans = responseSpans(startEpochMs, response);
  // Unlike on demand, an error that the handler reported counts.
  const errorType = response?.errorType ?? (outcome === "failed" ? failure?.errorType : undefined);
  const metStatus = errorType === undefined ? "success" : "error";
  const status = ({ met: metStatus, failed: "error", deadline: "timeout" } as const)[outcome];
  const durationMs = preciseEpochMs() - startEpochMs;
  const record = {
    requestId,
    status,
    ...(errorType === undefined ? {} : { errorType }),
    metrics: { durationMs: roundToMicroseconds(durationMs) },
    ...(spans.length === 0 ? {} : { spans }),
    tracing: { type: "X-Amzn-Trace-Id", value: traceId },
  };
  const report = { kind: "invocation", requestId, status, errorType, durationMs } as const;
  announce(platform, { type: "platform.report", record, text: "", report });
}
