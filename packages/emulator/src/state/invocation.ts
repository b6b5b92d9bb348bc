import { randomBytes, randomUUID } from "node:crypto";
import { preciseEpochMs } from "../history/timeline.ts";
import type { InvokeOptions, InvokeResult } from "../options/invoke-result.ts";
import { EmulatorError } from "../problems/emulator-error.ts";
import type { Platform } from "./platform.ts";

/** What an invocation is answered with. */
export interface Answered {
  readonly kind: "response" | "function-error";
  readonly payload: Buffer;
}

/** One call of the function. */
export interface Invocation {
  readonly requestId: string;
  readonly payload: Buffer;
  readonly receivedEpochMs: number;
  readonly deadlineEpochMs: number;
  readonly traceId: string;
  readonly clientContext: string | undefined;
  readonly contentType: string;
  readonly functionArn: string;
  /** Gives the caller its answer; only the first one counts. */
  answer(answered: Answered): void;
  /**
   * Gives the caller a piece of an answer that is still being written; does nothing once the invocation is answered.
   * Returns how long the next piece has to wait. Units: milliseconds.
   */
  piece(bytes: Buffer): number;
  /** Tells the caller that there will be no answer. */
  abandon(): void;
  /** When the first piece of a streamed answer came. */
  firstPieceEpochMs?: number;
  /** When the answer began and ended, for the spans; undefined before. */
  response?: {
    readonly startEpochMs: number;
    readonly endEpochMs: number;
    readonly bytes: number;
    readonly errorType?: string;
  };
}

/** What a caller gave, and where the answer goes. */
export interface Call {
  readonly event: unknown;
  readonly options: InvokeOptions;
  resolve(result: InvokeResult): void;
  reject(error: EmulatorError): void;
}

const burstBytes = 6 * 1024 * 1024;
const bytesPerMs = (2 * 1024 * 1024) / 1000;

/**
 * The limit of one streamed answer: 6 MiB at full speed, then 2 MiB/s. Unused bandwidth gathers again, up to 6 MiB.
 * Returns a function that takes the bytes that have come, and returns how long nothing more may be read. Units:
 * milliseconds, of a steady clock.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-response-streaming.html
 */
export function createBandwidth(): (bytes: number, nowMs: number) => number {
  let leftBytes = burstBytes;
  let lastMs: number | undefined;
  return (bytes, nowMs) => {
    leftBytes = Math.min(burstBytes, leftBytes + (nowMs - (lastMs ?? nowMs)) * bytesPerMs) - bytes;
    lastMs = nowMs;
    return Math.max(0, -leftBytes / bytesPerMs);
  };
}

/** An invocation received now. */
export function createInvocation(platform: Platform, call: Call): Invocation {
  const { event, options } = call;
  const receivedEpochMs = preciseEpochMs();
  const requestId = options.requestId ?? randomUUID();
  const takeBandwidth = createBandwidth();
  let isAnswered = false;
  return {
    requestId,
    payload: event instanceof Uint8Array ? Buffer.from(event) : Buffer.from(JSON.stringify(event) ?? "null"),
    receivedEpochMs,
    deadlineEpochMs: Date.now() + platform.settings.timeoutMs,
    traceId: options.traceId ?? newTraceId(),
    clientContext: options.clientContext,
    contentType: "application/json",
    functionArn: options.functionArn ?? platform.settings.functionArn,
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
      return takeBandwidth(bytes.length, performance.now());
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
