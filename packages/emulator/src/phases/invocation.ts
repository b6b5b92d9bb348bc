import { randomBytes } from "node:crypto";
import { createBandwidth } from "../api/bandwidth.ts";
import { EmulatorError } from "../errors.ts";
import type { InvokeOptions, InvokeResult } from "../invoke-result.ts";
import { newId } from "../settings.ts";
import { preciseEpochMs } from "../timeline.ts";
import type { Answered, Failure, Generation, Invocation } from "./generation.ts";
import type { World } from "./world.ts";

/** What a caller gave and where the answer goes. */
export interface Call {
  readonly event: unknown;
  readonly options: InvokeOptions;
  resolve(result: InvokeResult): void;
  reject(error: EmulatorError): void;
}

/** An invocation received now. */
export function createInvocation(world: World, call: Call): Invocation {
  const { event, options } = call;
  const receivedEpochMs = preciseEpochMs();
  const requestId = options.requestId ?? newId();
  const bandwidth = createBandwidth();
  let isAnswered = false;
  return {
    requestId,
    payload: event instanceof Uint8Array ? Buffer.from(event) : Buffer.from(JSON.stringify(event) ?? "null"),
    receivedEpochMs,
    deadlineEpochMs: Date.now() + world.settings.timeoutMs,
    traceId: options.traceId ?? newTraceId(),
    clientContext: options.clientContext,
    contentType: "application/json",
    functionArn: options.functionArn ?? world.settings.functionArn,
    answer({ kind, payload }) {
      if (isAnswered) return;
      isAnswered = true;
      call.resolve({
        requestId,
        kind,
        payload: payload.toString("utf8"),
        durationMs: preciseEpochMs() - receivedEpochMs,
      });
    },
    piece(bytes) {
      if (!isAnswered) options.onPiece?.(bytes);
      return bandwidth.take(bytes.length, performance.now());
    },
    abandon() {
      if (isAnswered) return;
      isAnswered = true;
      call.reject(new EmulatorError("the environment was closed while this invocation ran"));
    },
  };
}

function newTraceId(): string {
  const seconds = Math.floor(Date.now() / 1000).toString(16);
  return `Root=1-${seconds}-${randomBytes(12).toString("hex")};Parent=${randomBytes(8).toString("hex")};Sampled=0`;
}

/**
 * What the caller gets where the platform, not the function, answers; a runtime that reported its init error speaks for
 * itself.
 */
export function failureAnswer(requestId: string, failure: Failure, generation: Generation): Answered {
  const reported = generation.reported?.payload;
  if (reported !== undefined && reported.length > 0) return { kind: "function-error", payload: reported };
  const { errorType, errorMessage } = failure;
  return {
    kind: "function-error",
    payload: Buffer.from(JSON.stringify({ errorType, errorMessage: `RequestId: ${requestId} Error: ${errorMessage}` })),
  };
}
