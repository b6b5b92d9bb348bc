import { availableParallelism } from "node:os";
import { join } from "node:path";
import { onBenchPlatform } from "./bench-platform.ts";
import type { BenchPlatform } from "./bench-platform.ts";
import { whileRunning } from "./contestant-process.ts";
import type { Contestant } from "./contestant-process.ts";
import { names } from "./contestants.ts";
import { openCpuQuota } from "./cpu-quota.ts";
import { startLimitedSpawner } from "./limited-spawner.ts";
import type { LimitedSpawner } from "./limited-spawner.ts";
import { inQuiet, othersCpuMs } from "./quiet.ts";
import { described, table } from "./report.ts";
import type { Rounds } from "./rounds.ts";
import type { Gate, Section } from "./section.ts";
import { median, quantile } from "./statistics.ts";

/** What extensions add to the init phase at one CPU share. Units: milliseconds; one value per round. */
interface AddedInit {
  readonly vcpus: number;
  /** The init phase of the function alone. */
  readonly alone: readonly number[];
  /** The function alone, minus alone just before: so much differs where nothing differs. */
  readonly again: readonly number[];
  /** With the extension, minus alone just before. */
  readonly added: ReadonlyMap<string, readonly number[]>;
  /** How many of the measurements others disturbed, each time they were made. */
  readonly disturbed: number;
}

/** What Lambda gives 3538, 1769 and 512 MB. */
const shares = [2, 1, 0.29];

const initCpuMs = 100;
const fixture = join(import.meta.dirname, "../fixtures/function-init.cjs");
const peers: readonly string[] = [names.nodeHttp, names.nodeFetch, names.stdlib, names.requests];

/**
 * The init phase as Lambda orders it: extensions start, the runtime starts when all have registered, and init ends when
 * all have asked for their first event. The function's own init takes 100 ms of CPU time.
 */
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
      markdown: described(rounds, toTable(results), noise, ...missing),
      gates: results.flatMap(toGates),
    };
  },
};

function toGates({ vcpus, again, added }: AddedInit): readonly Gate[] {
  const value = median(added.get(names.launcher) ?? []);
  const bestPeer = Math.min(...[...added].filter(([name]) => peers.includes(name)).map(([, ms]) => median(ms)));
  const below = {
    promise: `added at ${vcpus} vCPU, ms, below the best Node.js or Python peer`,
    value,
    limit: bestPeer,
  };
  if (vcpus < 2) return [below];
  return [
    {
      promise: "added at 2 vCPU, ms, within what the function alone differs from itself (9 of 10 pairs)",
      value,
      limit: quantile(again.map(Math.abs), 0.9),
    },
    below,
  ];
}

/** Medians, and for the function alone, minus itself, eight tenths of the differences. */
function toTable(results: readonly AddedInit[]): string {
  const contestants = [...(results[0]?.added.keys() ?? [])];
  const row = (name: string, cell: (result: AddedInit) => string) => [name, ...results.map(cell)];
  return table(
    row("added to the init phase, ms", ({ vcpus }) => `${vcpus} vCPU`),
    [
      row("(the function alone)", ({ alone }) => median(alone).toFixed(0)),
      row(
        "(the function alone, again)",
        ({ again }) => `${signed(quantile(again, 0.1))} … ${signed(quantile(again, 0.9))}`,
      ),
      ...contestants.map((name) => row(name, ({ added }) => signed(median(added.get(name) ?? [])))),
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

interface Setting {
  readonly contestants: readonly Contestant[];
  readonly rounds: number;
  readonly platform: BenchPlatform;
  readonly spawner: LimitedSpawner;
}

async function measureAt(vcpus: number, setting: Setting, onRound: (round: number) => void): Promise<AddedInit> {
  const alone: number[] = [];
  const again: number[] = [];
  const added = new Map(setting.contestants.map(({ name }) => [name, [] as number[]]));
  let disturbed = 0;
  // The first round fills the page cache and is not counted.
  for (let round = 0; round <= setting.rounds; round++) {
    onRound(round);
    for (const contestant of [undefined, ...setting.contestants]) {
      const pair = async () => {
        const base = await initPhase(undefined, setting);
        return { base, took: await initPhase(contestant, setting) };
      };
      const { value, isQuiet } = await inQuiet(
        () => othersCpuMs([process.pid, setting.spawner.pid]),
        availableParallelism(),
        pair,
      );
      if (round === 0) continue;
      alone.push(value.base);
      (contestant === undefined ? again : added.get(contestant.name))?.push(value.took - value.base);
      if (!isQuiet) disturbed += 1;
    }
  }
  return { vcpus, alone, again, added, disturbed };
}

async function initPhase(contestant: Contestant | undefined, { platform, spawner }: Setting): Promise<number> {
  const started: ReturnType<LimitedSpawner["start"]>[] = [];
  const start = (what: Contestant) => {
    const env = { ...what.env, AWS_LAMBDA_RUNTIME_API: platform.address, INIT_CPU_MS: String(initCpuMs) };
    const process = spawner.start({ ...what, env });
    started.push(process);
    return process;
  };
  const startFunction = () => start({ name: "the function", command: [process.execPath, fixture] });
  const from = performance.now();
  try {
    const over = new Promise<number>((resolve) => {
      let missing = contestant === undefined ? 1 : 2;
      const arrive = (at: number): undefined => {
        missing -= 1;
        if (missing === 0) resolve(at);
      };
      platform.visit({ onRegister: startFunction, onNext: arrive, onFunctionNext: arrive });
    });
    if (contestant === undefined) startFunction();
    else return (await whileRunning(contestant, start(contestant), over)) - from;
    return (await over) - from;
  } finally {
    for (const process of started) process.kill();
    await Promise.all(started.map(({ exited }) => exited));
  }
}

function signed(value: number): string {
  return `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(0)}`;
}
