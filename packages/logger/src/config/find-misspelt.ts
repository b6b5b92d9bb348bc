import { settings } from "./settings.ts";

/** A letter more or less in the prefix; whatever else a function has of its own is not looked at. */
const ours = /^LOGG?ER_/;
/** `_MS` left out, and less. With one edit more, LOGGER_LEVEL would be LOGGER_TYPES. */
const maxEdits = 3;

/**
 * Variables that are no setting and nearly have a setting's name, one line each: what they were meant to set keeps its
 * default. Never an error, since the function may well have such a variable itself.
 */
export function findMisspelt(environment: Readonly<Record<string, string | undefined>>): readonly string[] {
  const known: readonly string[] = Object.values(settings).map(({ name }) => name);
  const others = Object.keys(environment).filter((name) => ours.test(name) && !known.includes(name));
  return others.flatMap((name) => {
    const edits = known.map((setting) => ({ setting, count: countEdits(name, setting) }));
    const nearest = edits.reduce((best, one) => (one.count < best.count ? one : best));
    return nearest.count > maxEdits ? [] : [`${name}: no such setting; is ${nearest.setting} meant?`];
  });
}

/** Letters to insert, leave out or exchange. Source: https://en.wikipedia.org/wiki/Levenshtein_distance */
function countEdits(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_unused, index) => index);
  for (const [above, letter] of from.split("").entries()) {
    const next = [above + 1];
    for (const [index, other] of to.split("").entries()) {
      const exchanged = (row[index] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(exchanged, (row[index + 1] ?? 0) + 1, (next[index] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
