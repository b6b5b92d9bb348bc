import { setTimeout as delay } from "node:timers/promises";
import { shutdownEvent, startBenchPlatform } from "./bench-platform.ts";
import type { BenchPlatform } from "./bench-platform.ts";
import { startContestant, whileRunning } from "./contestant-process.ts";
import type { Contestant } from "./contestant-process.ts";
import { cpuMs, residentBytes } from "./process-stats.ts";
import { median, pairedRatio } from "./statistics.ts";

/**
 * What an extension costs while it lives; one value per round. Units: bytes, and microseconds of CPU time per INVOKE.
 */
export interface Footprint {
  readonly name: string;
  readonly idleBytes: readonly number[];
  /** After all INVOKEs. */
  readonly workedBytes: readonly number[];
  /** Empty for a bare command. */
  readonly cpuPerInvoke: readonly number[];
}

const warmUpInvokes = 500;
const invokes = 1000;
/** Functions run in between: an extension wakes up for each INVOKE. Units: milliseconds. */
const pauseMs = 1;
const settleMs = 300;

/**
 * One after the other, in turn: idle memory before the first INVOKE, then the CPU time of 1,000 INVOKEs after 500
 * others.
 */
export async function measureFootprint(
  contestants: readonly Contestant[],
  rounds: number,
  onRound: (round: number) => void,
): Promise<readonly Footprint[]> {
  const results = contestants.map((contestant) => ({
    contestant,
    idleBytes: [] as number[],
    workedBytes: [] as number[],
    cpuPerInvoke: [] as number[],
  }));
  const platform = await startBenchPlatform();
  try {
    for (let round = 1; round <= rounds; round++) {
      onRound(round);
      for (const { contestant, idleBytes, workedBytes, cpuPerInvoke } of results) {
        if (contestant.kind === "bare") {
          idleBytes.push(await sleeping(contestant));
          continue;
        }
        const measured = await working(contestant, platform);
        idleBytes.push(measured.idleBytes);
        workedBytes.push(measured.workedBytes);
        cpuPerInvoke.push(measured.cpuPerInvoke);
      }
    }
  } finally {
    await platform.close();
  }
  return results.map(({ contestant, ...values }) => ({ name: contestant.name, ...values }));
}

/** A Markdown table: medians, and the ratio to the baselines, round by round. */
export function footprintTable(
  results: readonly Footprint[],
  baselines: { readonly idle: Footprint; readonly loop: Footprint },
): string {
  const rows = results.map(({ name, idleBytes, workedBytes, cpuPerInvoke }) => {
    const idle = `${megabytes(idleBytes)} | ${pairedRatio(idleBytes, baselines.idle.idleBytes).toFixed(2)}`;
    if (cpuPerInvoke.length === 0) return `| ${name} | ${idle} | – | – | – |`;
    return `| ${name} | ${idle} | ${megabytes(workedBytes)} | ${median(cpuPerInvoke).toFixed(0)} | ${pairedRatio(cpuPerInvoke, baselines.loop.cpuPerInvoke).toFixed(2)} |`;
  });
  return [
    `| | idle RSS, MB | ÷ ${baselines.idle.name} | RSS after ${warmUpInvokes + invokes} INVOKEs, MB | CPU per INVOKE, µs | ÷ ${baselines.loop.name} |`,
    "|---|--:|--:|--:|--:|--:|",
    ...rows,
  ].join("\n");
}

async function sleeping(contestant: Contestant): Promise<number> {
  const process = startContestant(contestant);
  await delay(settleMs);
  const bytes = residentBytes(process.pid);
  process.kill();
  await process.exited;
  return bytes;
}

async function working(contestant: Contestant, platform: BenchPlatform) {
  let asked: () => void = () => {};
  let left = 0;
  const untilAsked = (events: number) =>
    new Promise<void>((resolve) => {
      left = events;
      asked = resolve;
    });
  platform.visit({
    onNext() {
      left -= 1;
      if (left < 0) asked();
      else setTimeout(() => platform.send(invokeEvent()), pauseMs);
      return undefined;
    },
  });
  const first = untilAsked(0);
  const extension = startContestant(contestant, { AWS_LAMBDA_RUNTIME_API: platform.address });
  const wait = (waited: Promise<void>) => whileRunning(contestant, extension, waited);
  const invoke = async (events: number): Promise<void> => {
    const done = untilAsked(events - 1);
    platform.send(invokeEvent());
    await wait(done);
  };
  try {
    await wait(first);
    await wait(delay(settleMs));
    const idleBytes = residentBytes(extension.pid);
    await invoke(warmUpInvokes);
    const before = cpuMs(extension.pid);
    await invoke(invokes);
    const used = cpuMs(extension.pid) - before;
    const workedBytes = residentBytes(extension.pid);
    platform.send(shutdownEvent());
    await extension.exited;
    return { idleBytes, workedBytes, cpuPerInvoke: (used * 1000) / invokes };
  } finally {
    extension.kill();
  }
}

function invokeEvent(): object {
  return {
    eventType: "INVOKE",
    deadlineMs: Date.now() + 3000,
    requestId: "3da1f2dc-3222-475e-9205-e2e6c6318895",
    invokedFunctionArn: "arn:aws:lambda:us-east-1:123456789012:function:bench",
    tracing: {
      type: "X-Amzn-Trace-Id",
      value: "Root=1-5f35ae12-0c0fec141ab77a00bc047aa2;Parent=2be948a625588e32;Sampled=1",
    },
  };
}

function megabytes(bytes: readonly number[]): string {
  return (median(bytes) / 1_000_000).toFixed(1);
}
