import { retryDelayMs } from "@lambda-extension/core";
import type { RetryDelay } from "@lambda-extension/core";
import type { AwsCall, FetchFailure } from "./classify-failure.ts";

/** How often and how fast a call is tried again. */
export interface RetryOptions extends RetryDelay {
  readonly maxAttempts: number;
  /** From 0 (included) to 1 (excluded). */
  readonly random: () => number;
  /** Resolves after `ms`, or at once when the signal aborts. */
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Called before the one more try after a failure that `isExpired`. */
  readonly onExpired: () => void;
}

/** Tries again what may succeed, with full jitter, until the signal aborts. Returns the last failure. */
export function retrying(call: AwsCall, options: RetryOptions): AwsCall {
  return async (operation, input, signal) => {
    let wasRenewed = false;
    let lastAnswer: FetchFailure | undefined;
    for (let attempt = 1; ; attempt++) {
      const outcome = await call(operation, input, signal);
      if (outcome.kind === "ok") return outcome;
      const { isExpired = false, ...failure } = outcome;
      // "No answer in time" says less than the last answer of the service.
      if (signal.aborted) return lastAnswer ?? failure;
      lastAnswer = failure;
      if (attempt >= options.maxAttempts || failure.kind === "definite" || (isExpired && wasRenewed)) return failure;
      if (isExpired) {
        wasRenewed = true;
        options.onExpired();
      } else {
        await options.wait(retryDelayMs(attempt, options, options.random), signal);
      }
      if (signal.aborted) return lastAnswer;
    }
  };
}
