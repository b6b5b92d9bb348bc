import { toTimerMs } from "./deadline.ts";
import type { ShutdownEvent } from "./lifecycle-event.ts";

/** How a wait ended: with its own result, because its time was over, or because the extension has to stop. */
export type Interruptible<T> =
  | { readonly kind: "done"; readonly value: T }
  | { readonly kind: "late" }
  | { readonly kind: "stopped"; readonly event: ShutdownEvent };

/** What comes from outside the loop: a signal that ends it, or a failure that must. */
export interface Interruption {
  stop(event: ShutdownEvent): void;
  fail(error: unknown): void;
  /** True after either. */
  isRaised(): boolean;
  /**
   * Waits for `work`, for `timeoutMs` at most, or for the interruption, also one that came before; rejects with the
   * error of either. One wait at a time.
   */
  during<T>(work: Promise<T>, timeoutMs?: number): Promise<Interruptible<T>>;
}

type Raised =
  | { readonly kind: "stopped"; readonly event: ShutdownEvent }
  | { readonly kind: "failed"; readonly error: unknown };

/** See {@link Interruption}. Unlike `Promise.race` against one long-lived promise, a wait leaves nothing behind. */
export function createInterruption(): Interruption {
  let raised: Raised | undefined;
  let listener: ((raised: Raised) => void) | undefined;

  function raise(next: Raised): void {
    if (raised !== undefined) return;
    raised = next;
    listener?.(next);
  }

  return {
    stop: (event) => raise({ kind: "stopped", event }),
    fail: (error) => raise({ kind: "failed", error }),
    isRaised: () => raised !== undefined,
    during(work, timeoutMs) {
      return new Promise((resolve, reject) => {
        const timer =
          timeoutMs === undefined ? undefined : setTimeout(() => resolve({ kind: "late" }), toTimerMs(timeoutMs));
        listener = (by) => {
          clearTimeout(timer);
          if (by.kind === "stopped") resolve(by);
          else reject(by.error);
        };
        if (raised !== undefined) listener(raised);
        work.then(
          (value) => {
            clearTimeout(timer);
            resolve({ kind: "done", value });
          },
          (error: unknown) => {
            clearTimeout(timer);
            reject(error);
          },
        );
      });
    },
  };
}
