/**
 * Returns the known name that was probably meant, the nearest one; undefined if that one differs by more than three
 * letters, or by more than a third of the name's letters.
 */
export function didYouMean(name: string, known: readonly string[]): string | undefined {
  let best = Math.min(3, Math.ceil(name.length / 3)) + 1;
  let meant: string | undefined;
  for (const one of known) {
    const edits = countEdits(name, one);
    if (edits >= best) continue;
    best = edits;
    meant = one;
  }
  return meant;
}

/** Letters to insert, to leave out or to exchange. Source: https://en.wikipedia.org/wiki/Levenshtein_distance */
function countEdits(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_unused, index) => index);
  for (const letter of from) {
    const above = row;
    let left = Infinity;
    row = above.map((count, index) => {
      const exchanged = (above[index - 1] ?? Infinity) + (letter === to[index - 1] ? 0 : 1);
      left = Math.min(exchanged, count + 1, left + 1);
      return left;
    });
  }
  return row.at(-1) ?? 0;
}
