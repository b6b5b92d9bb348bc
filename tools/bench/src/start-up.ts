import { startBenchPlatform, shutdownEvent } from "./bench-platform.ts";
import type { BenchPlatform } from "./bench-platform.ts";
import { startContestant, whileRunning } from "./contestant-process.ts";
import type { Contestant } from "./contestant-process.ts";
import { median, pairedRatio, quantile } from "./statistics.ts";

/** One value per round. Units: milliseconds from spawn; for a bare command `next` is the time to its exit. */
export interface StartUp {
  readonly name: string;
  readonly register: readonly number[];
  readonly next: readonly number[];
}

/** Starts every contestant once per round, in turn, so that a slow minute of the machine is shared by all. */
export async function measureStartUp(
  contestants: readonly Contestant[],
  rounds: number,
  onRound: (round: number) => void,
): Promise<readonly StartUp[]> {
  const results = contestants.map((contestant) => ({ contestant, register: [] as number[], next: [] as number[] }));
  const platform = await startBenchPlatform();
  try {
    // The first round fills the page cache and is not counted.
    for (let round = 0; round <= rounds; round++) {
      onRound(round);
      for (const { contestant, register, next } of results) {
        const measured = await (contestant.kind === "bare"
          ? startBare(contestant)
          : startExtension(contestant, platform));
        if (round === 0) continue;
        if (measured.register !== undefined) register.push(measured.register);
        next.push(measured.next);
      }
    }
  } finally {
    await platform.close();
  }
  return results.map(({ contestant, register, next }) => ({ name: contestant.name, register, next }));
}

/** A Markdown table: medians (and p90), and the ratio of each `next` to the baseline's, round by round. */
export function startUpTable(results: readonly StartUp[], baseline: StartUp): string {
  const rows = results.map(({ name, register, next }) => {
    const registered = register.length > 0 ? `${ms(median(register))} (${ms(quantile(register, 0.9))})` : "–";
    return `| ${name} | ${registered} | ${ms(median(next))} (${ms(quantile(next, 0.9))}) | ${pairedRatio(next, baseline.next).toFixed(2)} |`;
  });
  return [
    `| | spawn → registered, ms (p90) | spawn → first next, ms (p90) | first next ÷ ${baseline.name} |`,
    "|---|--:|--:|--:|",
    ...rows,
  ].join("\n");
}

async function startExtension(contestant: Contestant, platform: BenchPlatform) {
  let registeredAt = NaN;
  const asked = new Promise<number>((resolve) => {
    platform.visit({
      onRegister: (at) => (registeredAt = at),
      onNext(at) {
        resolve(at);
        return shutdownEvent();
      },
    });
  });
  const start = performance.now();
  const extension = startContestant(contestant, { AWS_LAMBDA_RUNTIME_API: platform.address });
  const nextAt = await whileRunning(contestant, extension, asked);
  await extension.exited;
  return { register: registeredAt - start, next: nextAt - start };
}

async function startBare(contestant: Contestant) {
  const start = performance.now();
  await startContestant(contestant).exited;
  return { register: undefined, next: performance.now() - start };
}

function ms(value: number): string {
  return value.toFixed(1);
}
