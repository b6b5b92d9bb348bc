import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { invokeEvent, onBenchPlatform, shutdownEvent } from "./bench-platform.ts";
import type { BenchPlatform } from "./bench-platform.ts";
import { startContestant, whileRunning } from "./contestant-process.ts";
import type { Contestant } from "./contestant-process.ts";
import { names } from "./contestants.ts";
import { cpuMs, residentBytes } from "./process-stats.ts";
import { described, table } from "./report.ts";
import { find, measureInRounds } from "./rounds.ts";
import type { Measured } from "./rounds.ts";
import type { Section } from "./section.ts";
import { median, pairedRatio } from "./statistics.ts";

/**
 * What an extension costs while it lives. Units: bytes, before the first INVOKE and after all; and microseconds of CPU
 * time per INVOKE. A bare command has only `idleBytes`.
 */
type Footprint = Measured<"idleBytes" | "workedBytes" | "cpuPerInvoke">;

const warmUpInvokes = 500;
const invokes = 1000;
/** Functions run in between: an extension wakes up for each INVOKE. Units: milliseconds. */
const pauseMs = 1;
const settleMs = 300;

/** Idle memory before the first INVOKE, then the CPU time of 1,000 INVOKEs after 500 others. */
export const footprint: Section = {
  name: "footprint",
  async run(bench) {
    const rounds = bench.rounds(6);
    const { all, missing } = bench.contestants();
    const idle: Contestant = {
      name: "a Node.js that sleeps",
      command: [process.execPath, "-e", "setInterval(() => {}, 2 ** 30)"],
      isBare: true,
    };
    const byHand = join(bench.folder, "loop.cjs");
    copyFileSync(join(import.meta.dirname, "../fixtures/node-net-loop.cjs"), byHand);
    const loop: Contestant = { name: "a node:net loop by hand", command: [process.execPath, byHand] };
    const contestants = [idle, loop, ...all.filter(({ isBare }) => !isBare)];
    const figures = ["idleBytes", "workedBytes", "cpuPerInvoke"] as const;
    const results = await onBenchPlatform((platform) =>
      measureInRounds(contestants, { ...bench, rounds, warmUps: 0, figures }, (contestant) =>
        contestant.isBare ? sleeping(contestant) : working(contestant, platform),
      ),
    );
    const baselines = { idle: find(results, idle.name), loop: find(results, loop.name) };
    const ours = find(results, names.launcher);
    return {
      markdown: described(rounds, toTable(results, baselines), ...missing),
      gates: [
        {
          promise: `idle RSS ÷ ${idle.name}`,
          value: pairedRatio(ours.idleBytes, baselines.idle.idleBytes),
          limit: 1.1,
        },
        {
          promise: "idle RSS of a lazy extension, MB",
          value: median(find(results, names.lazy).idleBytes) / 1_000_000,
          limit: 4,
        },
        {
          promise: `CPU per INVOKE ÷ ${loop.name}`,
          value: pairedRatio(ours.cpuPerInvoke, baselines.loop.cpuPerInvoke),
          limit: 1.2,
        },
      ],
    };
  },
};

/** Medians, and the ratio to the baselines, round by round. */
function toTable(
  results: readonly Footprint[],
  { idle, loop }: { readonly idle: Footprint; readonly loop: Footprint },
): string {
  const head = [
    "",
    "idle RSS, MB",
    `÷ ${idle.name}`,
    `RSS after ${warmUpInvokes + invokes} INVOKEs, MB`,
    "CPU per INVOKE, µs",
    `÷ ${loop.name}`,
  ];
  const rows = results.map(({ name, idleBytes, workedBytes, cpuPerInvoke }) => {
    const asleep = [name, megabytes(idleBytes), pairedRatio(idleBytes, idle.idleBytes).toFixed(2)];
    if (cpuPerInvoke.length === 0) return [...asleep, "–", "–", "–"];
    const ratio = pairedRatio(cpuPerInvoke, loop.cpuPerInvoke);
    return [...asleep, megabytes(workedBytes), median(cpuPerInvoke).toFixed(0), ratio.toFixed(2)];
  });
  return table(head, rows);
}

async function sleeping(contestant: Contestant) {
  const process = startContestant(contestant);
  await delay(settleMs);
  const idleBytes = residentBytes(process.pid);
  process.kill();
  await process.exited;
  return { idleBytes };
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

function megabytes(bytes: readonly number[]): string {
  return (median(bytes) / 1_000_000).toFixed(1);
}
