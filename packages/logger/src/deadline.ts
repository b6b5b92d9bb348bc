import { createDeadline } from "@lambda-extension/core";
import type { Clock, Deadline, DeadlineContext } from "@lambda-extension/core";

/** A deadline one can end early and has to close. */
export type OpenDeadline = DeadlineContext & Pick<Deadline, "abort" | "close">;

/**
 * A deadline `timeoutMs` from now but never after `within`, and over as soon as that one is: the time of an attempt
 * shrinks with the time of the whole. Units: milliseconds. Close it when the work is done.
 */
export function createDeadlineWithin(
  within: DeadlineContext | undefined,
  options: { readonly timeoutMs: number; readonly clock: Clock },
): OpenDeadline {
  const { timeoutMs, clock } = options;
  const ownMs = clock.wallMs() + timeoutMs;
  const deadline = createDeadline({ deadlineEpochMs: Math.min(ownMs, within?.deadlineEpochMs ?? ownMs), clock });
  return within === undefined ? deadline : new InnerDeadline(deadline, within.signal);
}

/** A class, since V8 keeps a hidden class for every object literal that holds a getter. */
class InnerDeadline implements OpenDeadline {
  readonly deadlineEpochMs: number;
  readonly #own: Deadline;
  readonly #outer: AbortSignal;
  readonly #onOuterAbort = (): void => this.#own.abort(new Error("The time of the whole is over"));

  constructor(own: Deadline, outer: AbortSignal) {
    this.deadlineEpochMs = own.deadlineEpochMs;
    this.#own = own;
    this.#outer = outer;
    if (outer.aborted) this.#onOuterAbort();
    else outer.addEventListener("abort", this.#onOuterAbort, { once: true });
  }

  get signal(): AbortSignal {
    return this.#own.signal;
  }

  remainingMs(): number {
    return this.#own.remainingMs();
  }

  abort(reason: Error): void {
    this.#own.abort(reason);
  }

  close(): void {
    this.#outer.removeEventListener("abort", this.#onOuterAbort);
    this.#own.close();
  }
}

/**
 * The work's value, or undefined as soon as the signal fires. Errors: the work's, while it is waited for; later ones
 * are swallowed.
 */
export async function orAborted<Value>(work: Promise<Value>, signal: AbortSignal): Promise<Value | undefined> {
  let onAbort = (): void => {};
  const aborted = new Promise<undefined>((resolve) => {
    onAbort = () => resolve(undefined);
    if (signal.aborted) onAbort();
    else signal.addEventListener("abort", onAbort, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
