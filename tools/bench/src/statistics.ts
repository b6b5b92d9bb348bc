/** The middle value; the mean of the two middle ones for an even count. Errors: throws on an empty list. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/**
 * The value below which the share `q` (0–1) of the values lies, linearly between neighbours. Errors: throws on an empty
 * list.
 */
export function quantile(values: readonly number[], q: number): number {
  if (values.length === 0) throw new Error("BUG: a quantile of nothing");
  const sorted = values.toSorted((a, b) => a - b);
  const position = (sorted.length - 1) * q;
  const below = sorted[Math.floor(position)] ?? 0;
  const above = sorted[Math.ceil(position)] ?? 0;
  return below + (above - below) * (position - Math.floor(position));
}

/**
 * The median of a's values divided, round by round, by b's: what drifts with the machine's speed cancels out.
 * Both lists have one value per round.
 */
export function pairedRatio(a: readonly number[], b: readonly number[]): number {
  return median(a.flatMap((value, round) => (b[round] === undefined ? [] : [value / b[round]])));
}

/** The median of a's values minus, round by round, b's. Both lists have one value per round. */
export function pairedDifference(a: readonly number[], b: readonly number[]): number {
  return median(a.map((value, round) => value - (b[round] ?? NaN)));
}
