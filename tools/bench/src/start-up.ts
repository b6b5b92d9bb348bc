import { onBenchPlatform, shutdownEvent } from "./bench-platform.ts";
import type { BenchPlatform } from "./bench-platform.ts";
import { startUpChart } from "./chart.ts";
import { startContestant, whileRunning } from "./contestant-process.ts";
import type { Contestant } from "./contestant-process.ts";
import { names } from "./contestants.ts";
import type { Name } from "./contestants.ts";
import { described, table } from "./report.ts";
import { find, measureInRounds } from "./rounds.ts";
import type { Measured } from "./rounds.ts";
import type { Gate, Section } from "./section.ts";
import { median, pairedRatio, quantile } from "./statistics.ts";

/** Units: milliseconds from spawn. A bare command has no `register`; its `next` is the time to its exit. */
type StartUp = Measured<"register" | "next">;

const inReadme: readonly string[] = [
  names.bare,
  names.launcher,
  names.logger,
  names.go,
  names.nodeHttp,
  names.stdlib,
  names.requests,
];

/** When each contestant has registered, and when it asks for its first event. */
export const startUp: Section = {
  name: "start-up",
  async run(bench) {
    const { all, missing } = bench.contestants();
    const rounds = bench.rounds();
    const results = await onBenchPlatform((platform) =>
      measureInRounds(all, { ...bench, rounds, figures: ["register", "next"] }, (contestant) =>
        contestant.isBare ? startBare(contestant) : startExtension(contestant, platform),
      ),
    );
    const bare = find(results, names.bare);
    const spread = `Noise: the bare command's slowest tenth took ${(quantile(bare.next, 0.9) / quantile(bare.next, 0.1)).toFixed(1)} × its fastest tenth.`;
    const bars = results.map(({ name, register, next }) => ({
      name: name.replaceAll("*", ""),
      register: register.length > 0 ? median(register) : undefined,
      next: median(next),
    }));
    return {
      markdown: described(rounds, toTable(results, bare), spread, ...missing),
      gates: toGates(results, bare),
      picture: {
        file: "start-up.svg",
        svg: startUpChart(bars, "Milliseconds from spawn, medians (shorter is better)"),
      },
      readme: toTable(
        results.filter(({ name }) => inReadme.includes(name)),
        bare,
      ),
    };
  },
};

function toGates(results: readonly StartUp[], bare: StartUp): readonly Gate[] {
  const { register } = find(results, names.launcher);
  const nextRatio = (name: Name) => pairedRatio(find(results, name).next, bare.next);
  /** `NaN`, which breaks the promise, if the peer is missing. */
  const againstPeer = (name: Name): number => {
    const peer = results.find((result) => result.name === name);
    return peer === undefined ? NaN : pairedRatio(register, peer.register);
  };
  return [
    { promise: "registered, ms", value: median(register), limit: 5 },
    { promise: "registered ÷ Python with requests", value: againstPeer(names.requests), limit: 0.1 },
    { promise: "registered ÷ Go", value: againstPeer(names.go), limit: 1 },
    { promise: "first next ÷ bare node", value: nextRatio(names.launcher), limit: 1.2 },
    { promise: "the logger's first next ÷ bare node", value: nextRatio(names.logger), limit: 1.35 },
  ];
}

/** Medians (and p90), and the ratio of each `next` to the baseline's, round by round. */
function toTable(results: readonly StartUp[], baseline: StartUp): string {
  const cell = (values: readonly number[]) =>
    values.length === 0 ? "–" : `${median(values).toFixed(1)} (${quantile(values, 0.9).toFixed(1)})`;
  return table(
    ["", "spawn → registered, ms (p90)", "spawn → first next, ms (p90)", `first next ÷ ${baseline.name}`],
    results.map(({ name, register, next }) => [
      name,
      cell(register),
      cell(next),
      pairedRatio(next, baseline.next).toFixed(2),
    ]),
  );
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
  return { next: performance.now() - start };
}
