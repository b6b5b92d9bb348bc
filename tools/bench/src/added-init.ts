import { availableParallelism } from "node:os";
import { join } from "node:path";
import { startBenchPlatform } from "./bench-platform.ts";
import type { BenchPlatform } from "./bench-platform.ts";
import { whileRunning } from "./contestant-process.ts";
import type { Contestant } from "./contestant-process.ts";
import { openCpuQuota } from "./cpu-quota.ts";
import { startLimitedSpawner } from "./limited-spawner.ts";
import type { Launchable, LimitedSpawner } from "./limited-spawner.ts";
import { inQuiet, othersCpuMs } from "./quiet.ts";
import { median, quantile } from "./statistics.ts";

/** What extensions add to the init phase at one CPU share. Units: milliseconds; one value per round. */
export interface AddedInit {
  readonly vcpus: number;
  /** The init phase of the function alone. */
  readonly alone: readonly number[];
  /** The function alone, minus alone just before: what a difference of nothing looks like here. */
  readonly again: readonly number[];
  /** With the extension, minus alone just before. */
  readonly added: ReadonlyMap<string, readonly number[]>;
  /** How many of the measurements others disturbed, each time they were made. */
  readonly disturbed: number;
}

/** What Lambda gives 3538, 1769 and 512 MB. */
export const shares = [2, 1, 0.29] as const;

const initCpuMs = 100;
const fixture = join(import.meta.dirname, "../fixtures/function-init.cjs");

/**
 * The init phase as Lambda orders it: extensions start, the runtime starts when all have registered, and it is over
 * when all have asked for their first event. The function's own init takes 100 ms of CPU time. Errors: returns the
 * reason where CPU time cannot be limited here.
 */
export async function measureAddedInit(
  contestants: readonly Contestant[],
  rounds: number,
  onProgress: (done: number, all: number) => void,
): Promise<readonly AddedInit[] | { readonly unavailable: string }> {
  const platform = await startBenchPlatform();
  const results: AddedInit[] = [];
  try {
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
  } finally {
    await platform.close();
  }
  return results;
}

/** A Markdown table: medians, and for the function alone, minus itself, eight tenths of the differences. */
export function addedInitTable(results: readonly AddedInit[]): string {
  const contestants = [...(results[0]?.added.keys() ?? [])];
  const range = (differences: readonly number[]) =>
    `${signed(quantile(differences, 0.1))} … ${signed(quantile(differences, 0.9))}`;
  return [
    `| added to the init phase, ms | ${results.map(({ vcpus }) => `${vcpus} vCPU`).join(" | ")} |`,
    `|---|${"--:|".repeat(results.length)}`,
    `| (the function alone) | ${results.map(({ alone }) => median(alone).toFixed(0)).join(" | ")} |`,
    `| (the function alone, again) | ${results.map(({ again }) => range(again)).join(" | ")} |`,
    ...contestants.map(
      (name) => `| ${name} | ${results.map(({ added }) => signed(median(added.get(name) ?? []))).join(" | ")} |`,
    ),
  ].join("\n");
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
  const start = (what: Launchable) => {
    const process = spawner.start(what, { AWS_LAMBDA_RUNTIME_API: platform.address, INIT_CPU_MS: String(initCpuMs) });
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
