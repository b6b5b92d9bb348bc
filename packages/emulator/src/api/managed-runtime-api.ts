import { preciseEpochMs } from "../history/timeline.ts";
import type { Answer, ApiRequest } from "../state/api-request.ts";
import type { Generation } from "../state/generation.ts";
import type { Platform } from "../state/platform.ts";
import { handToWorker } from "../state/release-invocation.ts";
import { moveRuntime } from "../state/transitions.ts";
import { accepted, errorAnswer } from "./answers.ts";
import { normalizeErrorType, toAnswered } from "./runtime-api.ts";

/**
 * `GET …/invocation/next` on Managed Instances: any number of workers wait at the same time, each gets an invocation of
 * its own.
 */
export function nextManagedInvocation(
  platform: Platform,
  generation: Generation,
  request: ApiRequest,
): Answer | undefined {
  const { runtime } = generation;
  platform.timeline.mark("runtime", "next");
  if (runtime.state === "Started") moveRuntime(runtime, "next");
  const invocation = runtime.queued.shift();
  if (invocation === undefined) runtime.parked.push(request);
  generation.changes.notify();
  return invocation === undefined ? undefined : handToWorker(platform, generation, invocation);
}

/**
 * `POST …/invocation/{id}/response` and `…/error`: matched by the id alone; 410 once the invocation ran out of time.
 */
export function finishManagedInvocation(kind: "response" | "function-error") {
  return (platform: Platform, generation: Generation, request: ApiRequest, requestId: string): Answer => {
    const invocation = generation.runtime.concurrent.get(requestId);
    if (invocation === undefined) return errorAnswer(400, "InvalidRequestID", "Invalid request ID");
    generation.runtime.concurrent.delete(requestId);
    if (Date.now() > invocation.deadlineEpochMs) return errorAnswer(410, "InvokeTimeout", "Invoke timeout");
    const now = preciseEpochMs();
    const times = { startEpochMs: invocation.firstPieceEpochMs ?? now, endEpochMs: now, bytes: request.body.length };
    const answered = kind === "response" ? toAnswered(request) : { kind, payload: request.body };
    const given =
      request.header("lambda-runtime-function-error-type") ?? request.trailers["lambda-runtime-function-error-type"];
    invocation.response = answered.kind === "response" ? times : { ...times, errorType: normalizeErrorType(given) };
    platform.timeline.mark("runtime", answered.kind === "response" ? "response" : "error", { requestId });
    invocation.answer(answered);
    generation.changes.notify();
    return accepted;
  };
}
