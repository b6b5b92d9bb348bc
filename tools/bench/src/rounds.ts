import type { Bench } from "./section.ts";

/** What was measured of one contestant: for each figure a value per round. A round may lack a figure. */
export type Measured<Figure extends string> = { readonly name: string } & Readonly<Record<Figure, readonly number[]>>;

/** How often a section measures. */
export interface Rounds extends Pick<Bench, "onProgress"> {
  readonly rounds: number;
  /** Rounds before the others that fill the page cache and are not counted. Default 1. */
  readonly warmUps?: number;
}

/** Measures every contestant once per round, in turn, so that a slow minute of the machine is shared by all. */
export async function measureInRounds<Contestant extends { readonly name: string }, Figure extends string>(
  contestants: readonly Contestant[],
  { rounds, onProgress, warmUps = 1, figures }: Rounds & { readonly figures: readonly Figure[] },
  measure: (contestant: Contestant) => Promise<Readonly<Partial<Record<Figure, number>>>>,
): Promise<readonly Measured<Figure>[]> {
  const results = contestants.map((contestant) => {
    const values = Object.fromEntries(figures.map((figure) => [figure, []])) as unknown as Record<Figure, number[]>;
    return { contestant, values };
  });
  for (let round = 1 - warmUps; round <= rounds; round++) {
    onProgress(round, rounds);
    // The first contestant of a round follows the end of another program: each is first in its turn.
    const first = round % results.length;
    for (const { contestant, values } of [...results.slice(first), ...results.slice(0, first)]) {
      const measured = await measure(contestant);
      if (round < 1) continue;
      for (const figure of figures) {
        const value = measured[figure];
        if (value !== undefined) values[figure].push(value);
      }
    }
  }
  return results.map(({ contestant: { name }, values }) => ({ name, ...values }));
}

/** The item of this name. Errors: throws if there is no such item. */
export function find<Item extends { readonly name: string }>(items: readonly Item[], name: string): Item {
  const found = items.find((item) => item.name === name);
  if (found === undefined) throw new Error(`BUG: ${name} was not measured`);
  return found;
}
