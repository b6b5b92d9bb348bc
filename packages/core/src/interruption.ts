import { toTimerMs } from "./deadline.ts";
import type { Waited } from "./deadline.ts";
import type { ShutdownEvent } from "./lifecycle-event.ts";

interface Stopped {
  readonly kind: "stopped";
  readonly event: ShutdownEvent;
}

/** How a wait ended: with its own result, because its time was over, or because the extension has to stop. */
export type Interruptible<T> = Waited<T> | Stopped;

/** See {@link createInterruption}. */
export type Interruption = ReturnType<typeof createInterruption>;

type Raised = Stopped | { readonly kind: "failed"; readonly error: unknown };

/**
 * Ends the loop from outside, at a signal or a failure. Unlike `Promise.race` against one long-lived promise, a wait
 * leaves no listener behind.
 */
export function createInterruption() {
  let raised: Raised | undefined;
  let listener: ((raised: Raised) => void) | undefined;

  function raise(next: Raised): void {
    if (raised !== undefined) return;
    raised = next;
    listener?.(next);
  }

  return {
    stop: (event: ShutdownEvent) => raise({ kind: "stopped", event }),
    fail: (error: unknown) => raise({ kind: "failed", error }),
    /** True after `stop` or `fail`. */
    isRaised: () => raised !== undefined,
    /**
     * Waits for `work`, at most `timeoutMs`, or for the interruption, which may have come before. One wait at a time.
     * Errors: what `work` throws, or what `fail` got.
     */
    during<T>(work: Promise<T>, timeoutMs?: number): Promise<Interruptible<T>> {
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
            resolve({ kind: "settled", value });
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
