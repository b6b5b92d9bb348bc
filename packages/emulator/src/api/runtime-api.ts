import { preciseEpochMs } from "../history/timeline.ts";
import { callPaths } from "../options/fault.ts";
import type { Answer, ApiRequest } from "../state/api-request.ts";
import type { Generation, RuntimeSlot } from "../state/generation.ts";
import type { Answered, Invocation } from "../state/invocation.ts";
import type { Platform } from "../state/platform.ts";
import { invocationAnswer } from "../state/release-invocation.ts";
import { moveRuntime } from "../state/transitions.ts";
import { accepted, errorAnswer } from "./answers.ts";
import type { BodyPiece } from "./server.ts";
import { stepRuntime } from "./step.ts";

/** Largest answer of a function: 6 MiB and 100 bytes. */
export const maxPayloadBytes = 6 * 1024 * 1024 + 100;

/** `GET /2018-06-01/runtime/invocation/next` */
export function nextInvocation(platform: Platform, generation: Generation, request: ApiRequest): Answer | undefined {
  const { runtime } = generation;
  const refusal = stepRuntime(runtime, "next");
  if (refusal !== undefined) return refusal;
  platform.timeline.mark("runtime", "next");
  if (runtime.state === "Running" && runtime.invocation !== undefined) {
    return invocationAnswer(platform, runtime.invocation);
  }
  runtime.parked.push(request);
  generation.changes.notify();
  return undefined;
}

/** `POST /2018-06-01/runtime/invocation/{id}/response` */
export function postResponse(
  platform: Platform,
  generation: Generation,
  request: ApiRequest,
  requestId: string,
): Answer {
  const found = findInvocation(generation.runtime, requestId, "response");
  if (found.kind === "refused") return found.answer;
  const { invocation } = found;
  const mode = request.header("lambda-runtime-function-response-mode");
  if (mode !== undefined && mode !== "streaming") {
    // The official emulator leaves the runtime in this state: it never answers again.
    return errorAnswer(400, "InvalidFunctionResponseMode", "Invalid function response mode");
  }
  if (mode === undefined && request.body.length > maxPayloadBytes) {
    finish(platform, generation, invocation, tooLarge(request.body.length));
    return errorAnswer(
      413,
      "RequestEntityTooLarge",
      `Exceeded maximum allowed payload size (${maxPayloadBytes} bytes).`,
    );
  }
  finish(platform, generation, invocation, toAnswered(request));
  return accepted;
}

/**
 * Gives the caller a piece of an answer that the runtime streams; other bodies are left alone. The call is checked when
 * it is whole: as on Lambda, the caller reads a stream that ends badly up to its end. Returns how long the rest has to
 * wait. Units: milliseconds.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-custom.html#runtimes-custom-response-streaming
 */
export function passPiece(generation: Generation, { path, header, bytes }: BodyPiece): number {
  if (header("lambda-runtime-function-response-mode") !== "streaming") return 0;
  const requestId = callPaths["invocation/response"].exec(path)?.[1];
  const invocation = requestId === undefined ? undefined : findUnanswered(generation, requestId);
  if (invocation === undefined) return 0;
  invocation.firstPieceEpochMs ??= preciseEpochMs();
  return invocation.piece(bytes);
}

function findUnanswered({ runtime }: Generation, requestId: string): Invocation | undefined {
  const invocation = runtime.concurrent.get(requestId) ?? runtime.invocation;
  return invocation?.requestId === requestId && invocation.response === undefined ? invocation : undefined;
}

/** What the caller gets of a response. A stream that failed midway has the error in its trailers. */
export function toAnswered(request: ApiRequest): Answered {
  const failedMidway = request.trailers["lambda-runtime-function-error-body"];
  if (failedMidway === undefined) return { kind: "response", payload: request.body };
  return { kind: "function-error", payload: Buffer.from(failedMidway, "base64") };
}

/** `POST /2018-06-01/runtime/invocation/{id}/error` */
export function postError(platform: Platform, generation: Generation, request: ApiRequest, requestId: string): Answer {
  const found = findInvocation(generation.runtime, requestId, "error");
  if (found.kind === "refused") return found.answer;
  finish(platform, generation, found.invocation, { kind: "function-error", payload: request.body });
  return accepted;
}

/** `POST /2018-06-01/runtime/init/error`: keeps the type; init fails when the process exits. */
export function postInitError(platform: Platform, generation: Generation, request: ApiRequest): Answer {
  const refusal = stepRuntime(generation.runtime, "init/error");
  return refusal ?? noteError(platform, generation, request, "init/error");
}

/** Keeps the error that the runtime reports of itself: a later exit carries its type. */
export function noteError(platform: Platform, generation: Generation, request: ApiRequest, kind: string): Answer {
  const errorType = normalizeErrorType(request.header("lambda-runtime-function-error-type"));
  generation.reported ??= { errorType, errorMessage: errorType, payload: request.body };
  platform.timeline.mark("runtime", kind, { detail: errorType });
  generation.changes.notify();
  return accepted;
}

/** A type of any other form becomes `Function.Unknown` if it starts with `Function.`, else `Runtime.Unknown`. */
export function normalizeErrorType(header: string | undefined): string {
  if (header !== undefined && /(Runtime|Function)\.[A-Z][a-zA-Z]+/.test(header)) return header;
  return header?.startsWith("Function.") === true ? "Function.Unknown" : "Runtime.Unknown";
}

type Found =
  | { readonly kind: "found"; readonly invocation: Invocation }
  | { readonly kind: "refused"; readonly answer: Answer };

/** Checks the request id before the state: a second answer gets 403 while the invocation lasts, and 400 afterwards. */
function findInvocation(runtime: RuntimeSlot, requestId: string, kind: "response" | "error"): Found {
  const { invocation } = runtime;
  if (invocation === undefined || invocation.requestId !== requestId) {
    return { kind: "refused", answer: errorAnswer(400, "InvalidRequestID", "Invalid request ID") };
  }
  const refusal = stepRuntime(runtime, kind);
  return refusal === undefined ? { kind: "found", invocation } : { kind: "refused", answer: refusal };
}

function finish(platform: Platform, generation: Generation, invocation: Invocation, answer: Answered): void {
  const { runtime } = generation;
  const now = preciseEpochMs();
  moveRuntime(runtime, "sent");
  invocation.response = {
    startEpochMs: invocation.firstPieceEpochMs ?? now,
    endEpochMs: now,
    bytes: answer.payload.length,
  };
  platform.timeline.mark("runtime", answer.kind === "response" ? "response" : "error", {
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
