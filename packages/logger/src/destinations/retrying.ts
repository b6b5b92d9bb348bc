import { createDeadline, retryDelayMs, sleep } from "@lambda-extension/core";
import type { RetryDelay } from "@lambda-extension/core";
import { causeOf } from "./destination.ts";
import type { Destination, Host, SendOutcome } from "./destination.ts";

/** When to try again, and how long one try may take. Units: milliseconds. */
export interface RetryPolicy extends RetryDelay {
  /** Longest wait for one answer. */
  readonly attemptTimeoutMs: number;
}

/**
 * The same destination, tried again while the deadline allows, with full jitter between the tries, and no sooner than
 * its own `afterMs`. Each attempt gets `attemptTimeoutMs`, and at most the time that is left. `send` does not wait for
 * an attempt that ignores its signal.
 */
export function retrying(destination: Destination, policy: RetryPolicy, { clock, random }: Host): Destination {
  async function attempt(...[batch, within]: Parameters<Destination["send"]>): Promise<SendOutcome> {
    const deadline = createDeadline({ within, timeoutMs: policy.attemptTimeoutMs, clock });
    const cause = `no answer within ${Math.round(deadline.remainingMs())} ms`;
    const late = new Promise<SendOutcome>((resolve) => {
      const giveUp = () => resolve({ kind: "retry", cause });
      if (deadline.signal.aborted) giveUp();
      else deadline.signal.addEventListener("abort", giveUp);
    });
    try {
      return await Promise.race([destination.send(batch, deadline), late]);
    } catch (error) {
      return { kind: "retry", cause: causeOf(error) };
    } finally {
      deadline.close();
    }
  }

  return {
    name: destination.name,
    async send(batch, deadline) {
      for (let failures = 1; ; failures += 1) {
        const outcome = await attempt(batch, deadline);
        if (outcome.kind !== "retry") return outcome;
        const waitMs = Math.max(retryDelayMs(failures, policy, random), outcome.afterMs ?? 0);
        if (deadline.signal.aborted || waitMs >= deadline.remainingMs()) return outcome;
        await sleep(waitMs, deadline.signal);
        if (deadline.signal.aborted) return outcome;
      }
    },
    close: () => destination.close(),
  };
}
