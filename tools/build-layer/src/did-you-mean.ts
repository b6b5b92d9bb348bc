/**
 * `; did you mean WORD?` with the candidate that starts with `word`, or else with the nearest; nothing if more than a
 * third of the letters differ.
 */
export function didYouMean(word: string, candidates: readonly string[]): string {
  const longer = word.length > 1 ? candidates.find((candidate) => candidate.startsWith(word)) : undefined;
  if (longer !== undefined) return `; did you mean ${longer}?`;
  const [best] = candidates
    .map((candidate) => ({ candidate, distance: editDistance(word.toLowerCase(), candidate.toLowerCase()) }))
    .toSorted((a, b) => a.distance - b.distance);
  return best !== undefined && best.distance <= Math.max(1, Math.floor(word.length / 3))
    ? `; did you mean ${best.candidate}?`
    : "";
}

/** Levenshtein's distance, one row at a time; two neighbours that are swapped count once. */
function editDistance(a: string, b: string): number {
  let before: readonly number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let index = 0; index < a.length; index++) {
    const next = [index + 1];
    for (let column = 0; column < b.length; column++) {
      const replaced = (row[column] ?? 0) + (a[index] === b[column] ? 0 : 1);
      const isSwap = a[index] === b[column - 1] && a[index - 1] === b[column];
      const swapped = isSwap ? (before[column - 1] ?? 0) + 1 : Infinity;
      next.push(Math.min(replaced, swapped, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1));
    }
    before = row;
    row = next;
  }
  return row.at(-1) ?? 0;
}
