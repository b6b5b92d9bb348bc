import { sleep } from "@lambda-extension/core";
import { createDeadlineWithin, orAborted } from "../deadline.ts";
import type { Surroundings } from "../surroundings.ts";
import { causeOf } from "./destination.ts";
import type { Destination, SendOutcome } from "./destination.ts";

/** Units: milliseconds. Waits are drawn from 0 to `baseMs` doubled per attempt, at most `capMs`. */
export interface RetryPolicy {
  readonly baseMs: number;
  readonly capMs: number;
  /** Longest wait for one answer. */
  readonly attemptTimeoutMs: number;
}

/**
 * The same destination, tried again while the deadline allows. Full jitter keeps environments that failed together from
 * coming back together (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/); a destination's own
 * `afterMs` is waited for at least. Each attempt gets the time that is left when it starts, and no more:
 * one that ignores its signal is no longer waited for.
 */
export function retrying(
  destination: Destination,
  policy: RetryPolicy,
  surroundings: Pick<Surroundings, "clock" | "random">,
): Destination {
  const { clock, random } = surroundings;

  async function attempt(...[batch, within]: Parameters<Destination["send"]>): Promise<SendOutcome> {
    const deadline = createDeadlineWithin(within, { timeoutMs: policy.attemptTimeoutMs, clock });
    const allowedMs = deadline.remainingMs();
    try {
      const outcome = await orAborted(destination.send(batch, deadline), deadline.signal);
      return outcome ?? { kind: "retry", cause: `no answer within ${Math.round(allowedMs)} ms` };
    } catch (error) {
      return { kind: "retry", cause: causeOf(error) };
    } finally {
      deadline.close();
    }
  }

  return {
    name: destination.name,
    async send(batch, deadline) {
      for (let attempts = 0; ; attempts += 1) {
        const outcome = await attempt(batch, deadline);
        if (outcome.kind !== "retry") return outcome;
        const jitterMs = random() * Math.min(policy.capMs, policy.baseMs * 2 ** attempts);
        const waitMs = Math.max(jitterMs, outcome.afterMs ?? 0);
        if (deadline.signal.aborted || waitMs >= deadline.remainingMs()) return outcome;
        await sleep(waitMs, deadline.signal);
        if (deadline.signal.aborted) return outcome;
      }
    },
    close: () => destination.close(),
  };
}
