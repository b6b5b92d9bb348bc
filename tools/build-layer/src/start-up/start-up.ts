import type { StartUpTimes } from "./measure-start-up.ts";

/** How long an extension takes to its first `next`. Units: milliseconds; medians. */
export interface StartUp {
  readonly nextMs: number;
  /** A Node.js that does nothing, from start to end. */
  readonly bareMs: number;
  /** The first divided by the second, round by round: what drifts with the machine's speed cancels out. */
  readonly ratio: number;
}

/** What rounds of a measurement say together. */
export function toStartUp({ next, bare }: StartUpTimes): StartUp {
  const ratios = next.map((ms, round) => ms / (bare[round] ?? NaN));
  return { nextMs: median(next), bareMs: median(bare), ratio: median(ratios) };
}

/** The middle one; of an even count the upper of the two in the middle. */
function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}
