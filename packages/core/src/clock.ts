/** A wall clock and a monotonic one, both in milliseconds. A frozen environment stops only the second. */
export interface Clock {
  /** Epoch milliseconds. */
  wallMs(): number;
  /** Milliseconds from any fixed point; never steps back. */
  monotonicMs(): number;
}

/** A moment on both clocks. */
export interface Moment {
  readonly wallMs: number;
  readonly monotonicMs: number;
}

/** The process's own clocks. Not `performance`: the first look at it loads ten modules, 1 ms of every start. */
export const systemClock: Clock = {
  wallMs: () => Date.now(),
  monotonicMs() {
    const [seconds, nanoseconds] = process.hrtime();
    return seconds * 1000 + nanoseconds / 1e6;
  },
};

/** Reads both clocks. */
export function now(clock: Clock): Moment {
  return { wallMs: clock.wallMs(), monotonicMs: clock.monotonicMs() };
}

/**
 * Milliseconds between two moments: the larger of the two differences, so that neither a freeze
 * (which stops the monotonic clock) nor a wall clock set back makes something look younger than it is.
 */
export function ageMs(since: Moment, at: Moment): number {
  return Math.max(at.wallMs - since.wallMs, at.monotonicMs - since.monotonicMs, 0);
}

/** True if the wall clock moved over `toleranceMs` further than the monotonic one: the environment was frozen. */
export function wasFrozenBetween(since: Moment, at: Moment, toleranceMs = 1000): boolean {
  return at.wallMs - since.wallMs - (at.monotonicMs - since.monotonicMs) > toleranceMs;
}
