/** Units: milliseconds. */
export interface FlushConfig {
  /** Longest time an invocation is held after the function has finished. */
  readonly budgetMs: number;
  /** Least time between two flushes; 0: every invocation. */
  readonly intervalMs: number;
}

/** Time left before an invocation's deadline: to overrun it would fail the function. */
const deadlineMarginMs = 500;

/** What is known when the function has finished. */
export interface FlushState {
  readonly pendingItems: number;
  readonly pendingBytes: number;
  /** Time since lines were last sent. */
  readonly sinceLastMs: number;
  /** Time until the invocation's deadline. */
  readonly remainingMs: number;
  /** Lines are being sent right now. */
  readonly isSending: boolean;
  /** The circuit breaker lets a try through. */
  readonly mayTry: boolean;
}

/** Whether to send now, and for how long at most. */
export type FlushDecision = { readonly kind: "wait" } | { readonly kind: "send"; readonly budgetMs: number };

/**
 * Decides at the end of an invocation. A request that is on its way is always finished or stopped: left open across a
 * freeze, it comes back broken. The wait for the interval ends early if a whole batch is ready.
 */
export function decideFlush(
  state: FlushState,
  config: FlushConfig & { readonly batchMaxBytes: number },
): FlushDecision {
  const budgetMs = Math.max(0, Math.min(config.budgetMs, state.remainingMs - deadlineMarginMs));
  if (state.isSending) return { kind: "send", budgetMs };
  const isDue = state.sinceLastMs >= config.intervalMs || state.pendingBytes >= config.batchMaxBytes;
  const isWorth = state.pendingItems > 0 && isDue && state.mayTry;
  return isWorth && budgetMs > 0 ? { kind: "send", budgetMs } : { kind: "wait" };
}
