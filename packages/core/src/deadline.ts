import { systemClock } from "./clock.ts";
import type { Clock } from "./clock.ts";
import type { DeadlineContext } from "./extension-options.ts";

/** A deadline is the earliest of the given times; its signal fires `marginMs` before it. */
export interface DeadlineOptions {
  readonly deadlineEpochMs?: number;
  /** Counted from now. */
  readonly timeoutMs?: number;
  /** The deadline of the whole work: if that one is over, this deadline is over too. */
  readonly within?: DeadlineContext | undefined;
  /** Default 0. */
  readonly marginMs?: number;
  readonly clock?: Clock;
}

/** A deadline that its owner can end early. */
export interface Deadline extends DeadlineContext {
  /** Milliseconds until the signal fires, never negative. */
  untilSignalMs(): number;
  /** Aborts the signal now; does nothing if it has fired. */
  abort(reason: Error): void;
  /** Ends the timer; the signal does not fire by itself any more. */
  close(): void;
}

/**
 * A deadline with its signal, on the global `setTimeout`. Close it when the work is done. Units: milliseconds.
 * The first read of `signal` creates the signal and its timer: most handlers never read it.
 */
export function createDeadline(options: DeadlineOptions): Deadline {
  return new LazyDeadline(options);
}

/** Limits a delay to what Node's timers take: a longer delay overflows, and fires at once. */
export function toTimerMs(delayMs: number): number {
  return Math.min(Math.max(0, delayMs), 2 ** 31 - 1);
}

/** A class: V8 keeps a hidden class for every object literal that holds a getter, 70 MB after 20,000 invocations. */
class LazyDeadline implements Deadline {
  readonly deadlineEpochMs: number;
  readonly #within: DeadlineContext | undefined;
  readonly #marginMs: number;
  readonly #clock: Clock;
  #controller: AbortController | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #aborted: Error | undefined;

  constructor(options: DeadlineOptions) {
    const { deadlineEpochMs = Infinity, timeoutMs = Infinity, within, marginMs = 0, clock = systemClock } = options;
    this.deadlineEpochMs = Math.min(deadlineEpochMs, clock.wallMs() + timeoutMs, within?.deadlineEpochMs ?? Infinity);
    this.#within = within;
    this.#marginMs = marginMs;
    this.#clock = clock;
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#aborted === undefined) this.#watch();
      else this.#controller.abort(this.#aborted);
    }
    return this.#controller.signal;
  }

  remainingMs(): number {
    return Math.max(0, this.deadlineEpochMs - this.#clock.wallMs());
  }

  untilSignalMs(): number {
    return Math.max(0, this.remainingMs() - this.#marginMs);
  }

  abort(reason: Error): void {
    this.close();
    this.#aborted ??= reason;
    this.#controller?.abort(this.#aborted);
  }

  close(): void {
    clearTimeout(this.#timer);
    if (this.#controller !== undefined) this.#within?.signal.removeEventListener("abort", this);
  }

  /** The whole is over. An event target takes an object with this method as a listener. */
  handleEvent(): void {
    this.abort(new Error("The time of the whole is over"));
  }

  #watch(): void {
    const whole = this.#within?.signal;
    whole?.addEventListener("abort", this, { once: true });
    if (whole?.aborted === true) this.handleEvent();
    else this.#schedule();
  }

  #schedule(): void {
    const untilMs = this.untilSignalMs();
    if (untilMs === 0) this.abort(new Error(`The deadline is ${this.#marginMs} ms away or less`));
    else this.#timer = setTimeout(() => this.#schedule(), toTimerMs(untilMs));
  }
}

/** True if there is something to wait for: a handler that is over at once costs no promise and no timer. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && "then" in value;
}

/** How a wait with a limit ended. */
export type Waited<T> = { readonly kind: "settled"; readonly value: T } | { readonly kind: "late" };

/** Waits at most `timeoutMs` for `work`. Errors: what `work` throws in that time; later errors are swallowed. */
export async function waitAtMost<T>(work: Promise<T>, timeoutMs: number): Promise<Waited<T>> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<Waited<T>>((resolve) => {
    timer = setTimeout(resolve, toTimerMs(timeoutMs), { kind: "late" });
  });
  try {
    return await Promise.race([work.then((value) => ({ kind: "settled", value }) as const), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Resolves after `delayMs`, or as soon as the signal aborts; never rejects. */
export function sleep(delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const timer = setTimeout(done, toTimerMs(delayMs));
    signal.addEventListener("abort", done, { once: true });
    function done(): void {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    }
  });
}
