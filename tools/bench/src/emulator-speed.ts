import { setTimeout as delay } from "node:timers/promises";
import { startOfficialEmulator } from "@lambda-extension/e2e/official-emulator";
import { ensureEnvironment, projectEnvironment } from "@lambda-extension/sam";
import { codePath, serveEmulator } from "./served-emulator.ts";
import { median, pairedRatio, quantile } from "./statistics.ts";

/** Whose figures. */
export type EmulatorName = "ours" | "ours, freezing" | "AWS's";

/** One value per round. Units: milliseconds. */
export interface EmulatorSpeed {
  readonly name: EmulatorName;
  /** POST → answer of an invocation that has to start the environment's processes. */
  readonly cold: readonly number[];
  /** Median of a round's invocations, one after the other in a warm environment. */
  readonly warm: readonly number[];
}

/** What is invoked. */
interface Emulator {
  invoke(event: unknown): Promise<unknown>;
  close(): Promise<void>;
}

/**
 * Between listening and the first invocation. AWS's emulator lays its folders out before it listens, ours right after.
 * Units: milliseconds.
 */
const settleMs = 300;
const warmUp = 20;
const invokesPerRound = 100;

/**
 * The same Node.js function and the same extension on this repository's emulator and on AWS's, over HTTP, a fresh
 * process for every round.
 * Errors: rejects where AWS's emulator cannot be installed.
 */
export async function measureEmulatorSpeed(
  place: { readonly folder: string; readonly layer: string },
  rounds: number,
  onRound: (round: number) => void,
): Promise<readonly EmulatorSpeed[]> {
  await ensureEnvironment(projectEnvironment);
  const contestants: readonly { readonly name: EmulatorName; readonly start: () => Promise<Emulator> }[] = [
    { name: "ours", start: () => serveEmulator(place) },
    {
      name: "AWS's",
      start: () =>
        startOfficialEmulator({ layers: [place.layer], codePath, runtime: "nodejs", handler: "index.handler" }),
    },
    { name: "ours, freezing", start: () => serveEmulator(place, "--freeze") },
  ];
  const results = contestants.map(({ name, start }) => ({ name, start, cold: [] as number[], warm: [] as number[] }));
  // The first round fills the page cache and is not counted.
  for (let round = 0; round <= rounds; round++) {
    onRound(round);
    // Whoever comes first follows the end of another: each in turn.
    for (const index of results.keys()) {
      const result = results[(index + round) % results.length];
      if (result === undefined) continue;
      const { start, cold, warm } = result;
      const emulator = await start();
      try {
        await delay(settleMs);
        const first = await timeOf(emulator);
        for (let count = 0; count < warmUp; count++) await emulator.invoke({ count });
        const times: number[] = [];
        for (let count = 0; count < invokesPerRound; count++) times.push(await timeOf(emulator));
        if (round === 0) continue;
        cold.push(first);
        warm.push(median(times));
      } finally {
        await emulator.close();
      }
    }
  }
  return results.map(({ name, cold, warm }) => ({ name, cold, warm }));
}

/** A Markdown table: medians (and p90 of the rounds), and ratios round by round. */
export function emulatorSpeedTable(results: readonly EmulatorSpeed[]): string {
  const official = speedOf(results, "AWS's");
  const cells = (values: readonly number[], base: readonly number[]) =>
    `${median(values).toFixed(2)} (${quantile(values, 0.9).toFixed(2)}) | ${pairedRatio(values, base).toFixed(2)}`;
  return [
    "| emulator | cold: POST → answer, ms | ÷ AWS's | warm, p50, ms | ÷ AWS's |",
    "|---|--:|--:|--:|--:|",
    ...results.map(
      ({ name, cold, warm }) => `| ${name} | ${cells(cold, official.cold)} | ${cells(warm, official.warm)} |`,
    ),
  ].join("\n");
}

/** The figures of one. */
export function speedOf(results: readonly EmulatorSpeed[], name: EmulatorName): EmulatorSpeed {
  const found = results.find((result) => result.name === name);
  if (found === undefined) throw new Error(`BUG: ${name} was not measured`);
  return found;
}

async function timeOf(emulator: Emulator): Promise<number> {
  const from = performance.now();
  await emulator.invoke({ key: "value" });
  return performance.now() - from;
}
