import type { Answered, Generation, Invocation, RuntimeSlot } from "../phases/generation.ts";
import type { World } from "../phases/world.ts";
import { nextRuntimeState, runtimeTransitionMessage } from "../state/runtime-state.ts";
import type { RuntimeStep } from "../state/runtime-state.ts";
import { preciseEpochMs } from "../timeline.ts";
import { accepted, errorAnswer } from "./answers.ts";
import type { Answer } from "./answers.ts";
import type { ApiRequest } from "./server.ts";

/** Largest answer of a function: 6 MiB and 100 bytes. */
export const maxPayloadBytes = 6 * 1024 * 1024 + 100;

/** `GET /2018-06-01/runtime/invocation/next` */
export function nextInvocation(world: World, generation: Generation, request: ApiRequest): Answer | undefined {
  const { runtime } = generation;
  const refusal = step(runtime, "next");
  if (refusal !== undefined) return refusal;
  world.timeline.mark("runtime", "next");
  if (runtime.state === "Running" && runtime.invocation !== undefined) {
    return invocationAnswer(world, runtime.invocation);
  }
  runtime.parked.push(request);
  generation.changes.notify();
  return undefined;
}

/** Hands an invocation to the runtime that waits. */
export function releaseInvocation(world: World, runtime: RuntimeSlot, invocation: Invocation): void {
  runtime.state = nextRuntimeState(runtime.state, "release") ?? runtime.state;
  runtime.invocation = invocation;
  world.timeline.mark("runtime", "invoke", { requestId: invocation.requestId });
  for (const parked of runtime.parked.splice(0)) parked.respond(invocationAnswer(world, invocation));
}

/** The answer of `next`. */
export function invocationAnswer({ clock }: World, invocation: Invocation): Answer {
  return {
    status: 200,
    headers: {
      "Content-Type": invocation.contentType,
      "Lambda-Runtime-Aws-Request-Id": invocation.requestId,
      "Lambda-Runtime-Deadline-Ms": String(Math.round(clock.toInside(invocation.deadlineEpochMs))),
      "Lambda-Runtime-Invoked-Function-Arn": invocation.functionArn,
      "Lambda-Runtime-Trace-Id": invocation.traceId,
      ...(invocation.clientContext === undefined ? {} : { "Lambda-Runtime-Client-Context": invocation.clientContext }),
    },
    body: invocation.payload,
  };
}

/** `POST /2018-06-01/runtime/invocation/{id}/response` */
export function postResponse(world: World, generation: Generation, request: ApiRequest, requestId: string): Answer {
  const found = findInvocation(generation.runtime, requestId, "response");
  if (found.kind === "refused") return found.answer;
  const { invocation } = found;
  const mode = request.header("lambda-runtime-function-response-mode");
  if (mode !== undefined && mode !== "streaming") {
    // The official emulator leaves the runtime in this state: it never answers again.
    return errorAnswer(400, "InvalidFunctionResponseMode", "Invalid function response mode");
  }
  if (mode === undefined && request.body.length > maxPayloadBytes) {
    finish(world, generation, invocation, tooLarge(request.body.length));
    return errorAnswer(
      413,
      "RequestEntityTooLarge",
      `Exceeded maximum allowed payload size (${maxPayloadBytes} bytes).`,
    );
  }
  finish(world, generation, invocation, toAnswered(request));
  return accepted;
}

/** What a response is to the caller: one that failed midway says so in its trailers. */
export function toAnswered(request: ApiRequest): Answered {
  const failedMidway = request.trailers["lambda-runtime-function-error-body"];
  if (failedMidway === undefined) return { kind: "response", payload: request.body };
  return { kind: "function-error", payload: Buffer.from(failedMidway, "base64") };
}

/** `POST /2018-06-01/runtime/invocation/{id}/error` */
export function postError(world: World, generation: Generation, request: ApiRequest, requestId: string): Answer {
  const found = findInvocation(generation.runtime, requestId, "error");
  if (found.kind === "refused") return found.answer;
  finish(world, generation, found.invocation, { kind: "function-error", payload: request.body });
  return accepted;
}

/** `POST /2018-06-01/runtime/init/error`: notes the type; init fails when the process exits. */
export function postInitError(world: World, generation: Generation, request: ApiRequest): Answer {
  const refusal = step(generation.runtime, "init/error");
  return refusal ?? noteError(world, generation, request, "init/error");
}

function noteError(world: World, generation: Generation, request: ApiRequest, kind: string): Answer {
  const errorType = normalizeErrorType(request.header("lambda-runtime-function-error-type"));
  generation.reported ??= { errorType, errorMessage: errorType, payload: request.body };
  world.timeline.mark("runtime", kind, { detail: errorType });
  generation.changes.notify();
  return accepted;
}

/** `GET /2018-06-01/runtime/restore/next`: the runtime is ready for the snapshot; answered when it is restored. */
export function nextRestore(world: World, generation: Generation, request: ApiRequest): Answer | undefined {
  const { runtime } = generation;
  const refusal = step(runtime, "restore/next");
  if (refusal !== undefined) return refusal;
  world.timeline.mark("runtime", "restore/next");
  runtime.parked.push(request);
  generation.changes.notify();
  return undefined;
}

/** `POST /2018-06-01/runtime/restore/error`: the restore fails when the process exits. */
export function postRestoreError(world: World, generation: Generation, request: ApiRequest): Answer {
  const refusal = step(generation.runtime, "restore/error");
  return refusal ?? noteError(world, generation, request, "restore/error");
}

/** Types outside the two families become unknown ones of their family. */
export function normalizeErrorType(header: string | undefined): string {
  if (header !== undefined && /(Runtime|Function)\.[A-Z][a-zA-Z]+/.test(header)) return header;
  return header?.startsWith("Function.") === true ? "Function.Unknown" : "Runtime.Unknown";
}

type Found =
  | { readonly kind: "found"; readonly invocation: Invocation }
  | { readonly kind: "refused"; readonly answer: Answer };

/**
 * The request id is checked before the state: a second answer is 403 while the invocation lasts, and 400 afterwards.
 */
function findInvocation(runtime: RuntimeSlot, requestId: string, kind: "response" | "error"): Found {
  const { invocation } = runtime;
  if (invocation === undefined || invocation.requestId !== requestId) {
    return { kind: "refused", answer: errorAnswer(400, "InvalidRequestID", "Invalid request ID") };
  }
  const refusal = step(runtime, kind);
  return refusal === undefined ? { kind: "found", invocation } : { kind: "refused", answer: refusal };
}

function finish(world: World, generation: Generation, invocation: Invocation, answer: Answered): void {
  const { runtime } = generation;
  const now = preciseEpochMs();
  runtime.state = nextRuntimeState(runtime.state, "sent") ?? runtime.state;
  invocation.response = {
    startEpochMs: invocation.firstPieceEpochMs ?? now,
    endEpochMs: now,
    bytes: answer.payload.length,
  };
  world.timeline.mark("runtime", answer.kind === "response" ? "response" : "error", {
    requestId: invocation.requestId,
  });
  invocation.answer(answer);
  generation.changes.notify();
}

function tooLarge(bytes: number): Answered {
  const errorMessage = `Response payload size (${bytes} bytes) exceeded maximum allowed payload size (${maxPayloadBytes} bytes).`;
  return {
    kind: "function-error",
    payload: Buffer.from(JSON.stringify({ errorType: "Function.ResponseSizeTooLarge", errorMessage })),
  };
}

/** Moves the runtime's state, or says why not. */
function step(runtime: RuntimeSlot, kind: RuntimeStep): Answer | undefined {
  const next = nextRuntimeState(runtime.state, kind);
  if (next === undefined) {
    return errorAnswer(403, "InvalidStateTransition", runtimeTransitionMessage(runtime.state, kind));
  }
  runtime.state = next;
  return undefined;
}
