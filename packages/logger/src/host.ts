import type { Clock } from "@lambda-extension/core";

/** What the logger needs of its process; tests hand in a fake. */
export interface Host {
  readonly clock: Clock;
  /** From 0 to below 1. */
  readonly random: () => number;
}
