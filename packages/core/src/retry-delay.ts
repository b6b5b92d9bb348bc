/** How long to wait between tries. Units: milliseconds. */
export interface RetryDelay {
  /** The longest wait after the first failure; it doubles after each further one. */
  readonly baseMs: number;
  /** The longest wait of all. */
  readonly capMs: number;
}

/**
 * The wait before the next try: any time up to a limit that doubles with each failure in a row ("full jitter"), so that
 * environments that failed together do not come back together. `failures` counts from 1; `random` gives numbers from 0
 * to below 1.
 * Source: https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export function retryDelayMs(failures: number, { baseMs, capMs }: RetryDelay, random: () => number): number {
  return random() * Math.min(capMs, baseMs * 2 ** (failures - 1));
}
