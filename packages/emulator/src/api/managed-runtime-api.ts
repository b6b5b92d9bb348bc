import type { Generation, Invocation } from "../phases/generation.ts";
import type { World } from "../phases/world.ts";
import { nextRuntimeState } from "../state/runtime-state.ts";
import { preciseEpochMs } from "../timeline.ts";
import { accepted, errorAnswer } from "./answers.ts";
import type { Answer } from "./answers.ts";
import { invocationAnswer, normalizeErrorType, toAnswered } from "./runtime-api.ts";
import type { ApiRequest } from "./server.ts";

/**
 * `GET …/invocation/next` on Managed Instances: any number of workers wait at the same time, each gets an invocation of
 * its own.
 */
export function nextManagedInvocation(world: World, generation: Generation, request: ApiRequest): Answer | undefined {
  const { runtime } = generation;
  world.timeline.mark("runtime", "next");
  if (runtime.state === "Started") runtime.state = nextRuntimeState(runtime.state, "next") ?? runtime.state;
  const invocation = runtime.queued.shift();
  if (invocation === undefined) runtime.parked.push(request);
  generation.changes.notify();
  return invocation === undefined ? undefined : hand(world, generation, invocation);
}

/** Gives an invocation to a worker that waits, or to the next one that asks. */
export function releaseManagedInvocation(world: World, generation: Generation, invocation: Invocation): void {
  const worker = generation.runtime.parked.shift();
  if (worker === undefined) generation.runtime.queued.push(invocation);
  else worker.respond(hand(world, generation, invocation));
}

function hand(world: World, generation: Generation, invocation: Invocation): Answer {
  generation.runtime.concurrent.set(invocation.requestId, invocation);
  world.timeline.mark("runtime", "invoke", { requestId: invocation.requestId });
  return invocationAnswer(world, invocation);
}

/**
 * `POST …/invocation/{id}/response` and `…/error`: matched by the id alone; 410 once the invocation ran out of time.
 */
export function finishManagedInvocation(kind: "response" | "function-error") {
  return (world: World, generation: Generation, request: ApiRequest, requestId: string): Answer => {
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
    world.timeline.mark("runtime", answered.kind === "response" ? "response" : "error", { requestId });
    invocation.answer(answered);
    generation.changes.notify();
    return accepted;
  };
}
