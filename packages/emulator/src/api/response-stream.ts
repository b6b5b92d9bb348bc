import type { Generation, Invocation } from "../phases/generation.ts";
import { preciseEpochMs } from "../timeline.ts";
import type { BodyPiece } from "./server.ts";

/**
 * Gives the caller a piece of an answer that the runtime streams; other bodies are left alone. Whether the call is
 * right shows when it is whole: like Lambda, a stream that ends badly has been read up to there. Shape: how long the
 * rest has to wait. Units: milliseconds.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-custom.html#runtimes-custom-response-streaming
 */
export function passPiece(generation: Generation, { path, header, bytes }: BodyPiece): number {
  if (header("lambda-runtime-function-response-mode") !== "streaming") return 0;
  const requestId = /^\/2018-06-01\/runtime\/invocation\/([^/]+)\/response$/.exec(path)?.[1];
  const invocation = requestId === undefined ? undefined : findUnanswered(generation, requestId);
  if (invocation === undefined) return 0;
  invocation.firstPieceEpochMs ??= preciseEpochMs();
  return invocation.piece(bytes);
}

function findUnanswered({ runtime }: Generation, requestId: string): Invocation | undefined {
  const invocation = runtime.concurrent.get(requestId) ?? runtime.invocation;
  return invocation?.requestId === requestId && invocation.response === undefined ? invocation : undefined;
}
