import { availableParallelism } from "node:os";
import { onBenchPlatform } from "./bench-platform.ts";
import { coldStart } from "./cold-start.ts";
import type { ColdStart, ColdStartPlace } from "./cold-start.ts";
import type { Contestant } from "./contestant-process.ts";
import { names } from "./contestants.ts";
import { openCpuQuota } from "./cpu-quota.ts";
import { startLimitedSpawner } from "./limited-spawner.ts";
import { inQuiet, othersCpuMs } from "./quiet.ts";
import { described, table } from "./report.ts";
import type { Rounds } from "./rounds.ts";
import type { Gate, Section } from "./section.ts";
import { median, pairedDifference, quantile } from "./statistics.ts";

/** What extensions add to a cold start at one CPU share; one value per round. */
interface AddedInit {
  readonly vcpus: number;
  /** The function alone. */
  readonly alone: readonly ColdStart[];
  /** The function alone, minus alone just before: so much differs where nothing differs. */
  readonly again: readonly ColdStart[];
  /** With the extension, minus alone just before. */
  readonly added: ReadonlyMap<string, readonly ColdStart[]>;
  /** How many of the measurements others disturbed, each time they were made. */
  readonly disturbed: number;
}

/** What Lambda gives 3538, 1769 and 512 MB. */
const shares = [2, 1, 0.29];

const peers: readonly string[] = [names.nodeHttp, names.nodeFetch, names.stdlib, names.requests];

const tables: readonly (readonly [keyof ColdStart, string])[] = [
  ["init", "added to the init phase, ms"],
  ["answer", "added to what the first caller waits, ms"],
  ["end", "added to what is billed until the first invocation is over, ms"],
];

/** What extensions add to the init phase, to the wait of the first caller, and to the first bill. */
export const addedInit: Section = {
  name: "added-init",
  async run(bench) {
    const rounds = bench.rounds(3);
    const { all, missing } = bench.contestants();
    const contestants = all.filter(({ isBare, name }) => !isBare && name !== names.logger);
    const results = await measure(contestants, { ...bench, rounds });
    if ("unavailable" in results) {
      return {
        markdown: `Not measured: CPU time cannot be limited on this machine (${results.unavailable}).`,
        gates: [],
      };
    }
    const disturbed = results
      .map(({ vcpus, disturbed, alone }) => `${disturbed} of ${alone.length} at ${vcpus} vCPU`)
      .join(", ");
    const noise = `Pairs disturbed by other programs each time they were measured: ${disturbed}.`;
    return {
      markdown: described(rounds, ...tables.map(([figure, head]) => toTable(results, figure, head)), noise, ...missing),
      gates: results.flatMap(toGates),
    };
  },
};

/** A peer that is missing has no figures: the promise about it is broken. */
function toGates({ vcpus, again, added }: AddedInit): readonly Gate[] {
  const figures = (name: string, figure: keyof ColdStart) => (added.get(name) ?? []).map((one) => one[figure]);
  const minus = (figure: keyof ColdStart, other: string): number => {
    const others = figures(other, figure);
    return others.length === 0 ? NaN : pairedDifference(figures(names.lazy, figure), others);
  };
  const spread = quantile(
    again.map(({ init }) => Math.abs(init)),
    0.9,
  );
  return [
    {
      promise: `added to init at ${vcpus} vCPU, ms, lazy minus Go`,
      value: minus("init", names.go),
      limit: Math.max(2, spread),
    },
    {
      promise: `the first caller waits at ${vcpus} vCPU, ms, lazy minus eager`,
      value: minus("answer", names.launcher),
      limit: 0,
    },
    {
      promise: `added to init at ${vcpus} vCPU, ms, eager, below the best Node.js or Python peer`,
      value: median(figures(names.launcher, "init")),
      limit: Math.min(...peers.filter((name) => added.has(name)).map((name) => median(figures(name, "init")))),
    },
  ];
}

/** Medians, and for the function alone, minus itself, eight tenths of the differences. */
function toTable(results: readonly AddedInit[], figure: keyof ColdStart, head: string): string {
  const contestants = [...(results[0]?.added.keys() ?? [])];
  const row = (name: string, cell: (result: AddedInit) => string) => [name, ...results.map(cell)];
  const of = (starts: readonly ColdStart[] = []) => starts.map((start) => start[figure]);
  return table(
    row(head, ({ vcpus }) => `${vcpus} vCPU`),
    [
      row("(the function alone)", ({ alone }) => median(of(alone)).toFixed(0)),
      row(
        "(the function alone, again)",
        ({ again }) => `${signed(quantile(of(again), 0.1))} … ${signed(quantile(of(again), 0.9))}`,
      ),
      ...contestants.map((name) => row(name, ({ added }) => signed(median(of(added.get(name)))))),
    ],
  );
}

/** Errors: returns the reason if CPU time cannot be limited here. */
async function measure(
  contestants: readonly Contestant[],
  { rounds, onProgress }: Rounds,
): Promise<readonly AddedInit[] | { readonly unavailable: string }> {
  return onBenchPlatform(async (platform) => {
    const results: AddedInit[] = [];
    for (const [index, vcpus] of shares.entries()) {
      const quota = openCpuQuota(vcpus);
      if ("unavailable" in quota) return quota;
      const spawner = await startLimitedSpawner(quota);
      try {
        results.push(
          await measureAt(vcpus, { contestants, rounds, platform, spawner }, (round) =>
            onProgress(index * rounds + round, shares.length * rounds),
          ),
        );
      } finally {
        await spawner.close();
        quota.close();
      }
    }
    return results;
  });
}

interface Setting extends ColdStartPlace {
  readonly contestants: readonly Contestant[];
  readonly rounds: number;
}

async function measureAt(vcpus: number, setting: Setting, onRound: (round: number) => void): Promise<AddedInit> {
  const alone: ColdStart[] = [];
  const again: ColdStart[] = [];
  const added = new Map(setting.contestants.map(({ name }) => [name, [] as ColdStart[]]));
  let disturbed = 0;
  // The first round fills the page cache and is not counted.
  for (let round = 0; round <= setting.rounds; round++) {
    onRound(round);
    for (const contestant of [undefined, ...setting.contestants]) {
      const pair = async () => {
        const base = await coldStart(undefined, setting);
        return { base, took: await coldStart(contestant, setting) };
      };
      const { value, isQuiet } = await inQuiet(
        () => othersCpuMs([process.pid, setting.spawner.pid]),
        availableParallelism(),
        pair,
      );
      if (round === 0) continue;
      alone.push(value.base);
      (contestant === undefined ? again : added.get(contestant.name))?.push(difference(value.took, value.base));
      if (!isQuiet) disturbed += 1;
    }
  }
  return { vcpus, alone, again, added, disturbed };
}

function difference(a: ColdStart, b: ColdStart): ColdStart {
  return { init: a.init - b.init, answer: a.answer - b.answer, end: a.end - b.end };
}

function signed(value: number): string {
  return `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(0)}`;
}
