import type { Clock } from "@lambda-extension/core";

/** A clock that moves only when a test moves it. */
export interface FakeClock extends Clock {
  /** Both clocks go on, as in a running environment. */
  advance(ms: number): void;
  /** Only the wall clock goes on, as in a frozen one. */
  freeze(ms: number): void;
  /** The wall clock is corrected; negative: set back. */
  stepWall(ms: number): void;
}

export function createFakeClock(): FakeClock {
  let wall = Date.UTC(2026, 0, 1);
  let monotonic = 1000;
  return {
    wallMs: () => wall,
    monotonicMs: () => monotonic,
    advance: (ms) => {
      wall += ms;
      monotonic += ms;
    },
    freeze: (ms) => {
      wall += ms;
    },
    stepWall: (ms) => {
      wall += ms;
    },
  };
}
