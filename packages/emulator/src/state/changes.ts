/** Lets a flow wait for a condition over mutable state. Code that changes the state calls `notify`. */
export interface Changes {
  notify(): void;
  /** Resolves with "met" once `condition` holds, or with "deadline" if the time is over first. */
  until(condition: () => boolean, deadlineEpochMs?: number): Promise<"met" | "deadline">;
}

/** Starts without waiters. */
export function createChanges(): Changes {
  let waiters: readonly (() => void)[] = [];
  return {
    notify() {
      for (const waiter of waiters) waiter();
    },
    until(condition, deadlineEpochMs) {
      return new Promise((resolve) => {
        let timer: NodeJS.Timeout | undefined;
        const settle = (outcome: "met" | "deadline"): void => {
          waiters = waiters.filter((waiter) => waiter !== check);
          clearTimeout(timer);
          resolve(outcome);
        };
        const check = (): void => {
          if (condition()) settle("met");
        };
        waiters = [...waiters, check];
        if (deadlineEpochMs !== undefined) {
          timer = setTimeout(() => settle("deadline"), Math.max(0, deadlineEpochMs - Date.now()));
        }
        check();
      });
    },
  };
}
