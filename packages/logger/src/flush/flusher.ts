import { ageMs, createDeadline, now } from "@lambda-extension/core";
import type { Clock, Deadline, DeadlineContext, Moment } from "@lambda-extension/core";
import { closed, mayTry, openAfter } from "./circuit-breaker.ts";
import type { CircuitBreaker } from "./circuit-breaker.ts";
import { drain } from "./drain.ts";
import type { Drained, DrainParts } from "./drain.ts";
import { decideFlush } from "./flush-policy.ts";
import type { FlushConfig, FlushDecision, FlushState } from "./flush-policy.ts";

/** On Managed Instances, how often lines are sent if no interval is configured. */
const defaultPeriodMs = 1000;

/** How long a send beside a running function may take before it counts as failed. */
const besideMs = 30_000;

/**
 * Sends the lines that wait, at the right moments. One drain at a time: a second caller joins it, stops it when its own
 * time is over, and goes on if it succeeded.
 */
export function createFlusher(options: DrainParts & { readonly flush: FlushConfig; readonly clock: Clock }) {
  const { buffer, clock, flush, destination, messages, batchMaxBytes } = options;
  let breaker: CircuitBreaker = closed(now(clock));
  let lastSent: Moment | undefined;
  let running: { readonly deadline: Deadline; readonly ended: Promise<void> } | undefined;
  let isBesideAllowed = false;
  let period: ReturnType<typeof setTimeout> | undefined;

  async function send(deadline: DeadlineContext, { isLast }: { readonly isLast: boolean }): Promise<void> {
    if (running !== undefined) {
      await join(running, deadline);
      if (isLast || mayTry(breaker, now(clock))) await send(deadline, { isLast });
      return;
    }
    if (buffer.items === 0 || deadline.signal.aborted) return;
    const own = createDeadline({ within: deadline, clock });
    running = { deadline: own, ended: run(own) };
    await running.ended;
  }

  async function join(other: NonNullable<typeof running>, deadline: DeadlineContext): Promise<void> {
    const stop = (): void => other.deadline.abort(new Error("Another caller has less time"));
    if (deadline.signal.aborted) stop();
    deadline.signal.addEventListener("abort", stop, { once: true });
    await other.ended;
    deadline.signal.removeEventListener("abort", stop);
  }

  async function run(deadline: Deadline): Promise<void> {
    const begin = now(clock);
    try {
      learn(await drain(options, deadline), begin);
    } finally {
      deadline.close();
      running = undefined;
    }
  }

  async function sendWithin(timeoutMs: number): Promise<void> {
    const deadline = createDeadline({ timeoutMs, clock });
    try {
      await send(deadline, { isLast: false });
    } finally {
      deadline.close();
    }
  }

  function sendBeside(): void {
    if (running === undefined && mayTry(breaker, now(clock))) void sendWithin(besideMs);
  }

  function learn(drained: Drained, begin: Moment): void {
    const at = now(clock);
    lastSent = at;
    const wasClosed = breaker.kind === "closed";
    const isAlive = drained.kind === "empty" || drained.settled > 0;
    const afterMs = drained.kind === "empty" ? 0 : drained.afterMs;
    breaker = isAlive ? closed(at, afterMs) : openAfter(breaker, at, afterMs);
    if (isAlive && !wasClosed) messages.report(`${destination.name} takes lines again`);
    if (isAlive || !wasClosed) return;
    messages.report(
      `${destination.name} took nothing in ${Math.round(ageMs(begin, at))} ms (${drained.cause}); lines waiting: ${buffer.items}. ` +
        `Invocations do not wait for it any more; it is tried again after ${Math.round(breaker.probeAfterMs / 1000)} s, then less often, and at shutdown.`,
    );
  }

  function decide(known: Pick<FlushState, "pendingItems" | "remainingMs">): FlushDecision {
    const at = now(clock);
    const state = {
      ...known,
      pendingBytes: buffer.bytes,
      sinceLastMs: lastSent === undefined ? Infinity : ageMs(lastSent, at),
      isSending: running !== undefined,
      mayTry: mayTry(breaker, at),
    };
    return decideFlush(state, { ...flush, batchMaxBytes });
  }

  function tick(): void {
    period = setTimeout(
      () => {
        if (buffer.items > 0) sendBeside();
        tick();
      },
      flush.intervalMs === 0 ? defaultPeriodMs : flush.intervalMs,
    );
    period.unref();
  }

  return {
    /**
     * The function is about to run. True if lines are to be sent at its end: until then a full batch goes out at once,
     * beside the function. False if nothing would be sent: the circuit breaker is open, or the interval not over.
     */
    invocationStarted(): boolean {
      const decision = decide({ pendingItems: 1, remainingMs: Infinity });
      isBesideAllowed = decision.kind === "send";
      return isBesideAllowed;
    },
    /**
     * The function has finished, `remainingMs` before the deadline: sends within the budget. An open request is
     * finished or stopped.
     */
    async invocationEnded(remainingMs: number): Promise<void> {
      isBesideAllowed = false;
      const decision = decide({ pendingItems: buffer.items, remainingMs });
      if (decision.kind === "send") await sendWithin(decision.budgetMs);
    },
    /** Lines were added: a full batch may go out at once. */
    linesAdded(): void {
      if (isBesideAllowed && buffer.bytes >= batchMaxBytes) sendBeside();
    },
    /** For an environment without invocations: sends in an interval, until the shutdown. */
    startPeriod(): void {
      isBesideAllowed = true;
      tick();
    },
    /** Sends all lines that wait, even with an open circuit breaker; after it nothing goes out by itself. */
    async shutDown(deadline: DeadlineContext): Promise<void> {
      isBesideAllowed = false;
      clearTimeout(period);
      await send(deadline, { isLast: true });
    },
  };
}
