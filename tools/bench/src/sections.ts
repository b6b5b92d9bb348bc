import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { addedInitTable, measureAddedInit } from "./added-init.ts";
import { buildTimesTable, measureBuildTimes } from "./build-times.ts";
import { cacheGetTable, measureCacheGet } from "./cache-get.ts";
import { startUpChart } from "./chart.ts";
import type { Contestant } from "./contestant-process.ts";
import { names } from "./contestants.ts";
import type { Contestants, Name } from "./contestants.ts";
import { added, deadDestinationTable, measureDeadDestination, resultOf } from "./dead-destination.ts";
import { measureSoak, soakTable } from "./emulator-soak.ts";
import { emulatorSpeedTable, measureEmulatorSpeed, speedOf } from "./emulator-speed.ts";
import { footprintTable, measureFootprint } from "./footprint.ts";
import type { Bench, Gate, Section } from "./section.ts";
import { layerSizes, sizeGates, sizeTable } from "./sizes.ts";
import { measureStartUp, startUpTable } from "./start-up.ts";
import { median, pairedRatio, quantile } from "./statistics.ts";

const fixtures = join(import.meta.dirname, "../fixtures");

/** Every part of docs/benchmarks.md, in its order. */
export const sections: readonly Section[] = [
  { name: "start-up", run: startUp },
  { name: "added-init", run: addedInit },
  { name: "footprint", run: footprint },
  { name: "dead-destination", run: deadDestination },
  { name: "cache-get", run: cacheGet },
  { name: "emulator-speed", run: emulatorSpeed },
  { name: "emulator-soak", run: emulatorSoak },
  { name: "build", run: build },
  { name: "sizes", run: sizes },
];

async function startUp(bench: Bench) {
  const { all, missing } = bench.contestants();
  const results = await measureStartUp(all, bench.rounds, (round) => bench.onProgress(round, bench.rounds));
  const of = finder(results);
  const bare = of(names.bare);
  const launcher = of(names.launcher);
  const nextRatio = (name: Name) => pairedRatio(of(name).next, bare.next);
  const gates: Gate[] = [
    { promise: "registered, ms", value: median(launcher.register), limit: 5 },
    { promise: "registered ÷ Python with requests", value: againstPeer(names.requests), limit: 0.1 },
    { promise: "registered ÷ Go", value: againstPeer(names.go), limit: 1 },
    { promise: "first next ÷ bare node", value: nextRatio(names.launcher), limit: 1.2 },
    { promise: "the logger's first next ÷ bare node", value: nextRatio(names.logger), limit: 1.35 },
  ];
  const table = startUpTable(results, bare);
  const spread = `Noise: the bare command's slowest tenth took ${(quantile(bare.next, 0.9) / quantile(bare.next, 0.1)).toFixed(1)} × its fastest tenth.`;
  const readers: readonly Name[] = [
    names.bare,
    names.launcher,
    names.logger,
    names.go,
    names.nodeHttp,
    names.stdlib,
    names.requests,
  ];
  return {
    markdown: paragraphs(described(bench.rounds), table, spread, ...missing),
    gates,
    picture: {
      file: "start-up.svg",
      svg: startUpChart(results.map(toBar), "Milliseconds from spawn, medians (shorter is better)"),
    },
    readme: startUpTable(
      results.filter(({ name }) => readers.some((reader) => reader === name)),
      bare,
    ),
  };

  /** Not a number, which breaks the promise, where the peer is missing. */
  function againstPeer(name: Name): number {
    const peer = results.find((result) => result.name === name);
    return peer === undefined ? NaN : pairedRatio(launcher.register, peer.register);
  }
}

async function addedInit(bench: Bench) {
  const rounds = share(bench.rounds, 3);
  const { all, missing } = bench.contestants();
  const extensions = all.filter(({ kind, name }) => kind === "extension" && name !== names.logger);
  const results = await measureAddedInit(extensions, rounds, bench.onProgress);
  if ("unavailable" in results) {
    return { markdown: `Not measured: this machine lets nobody limit CPU time (${results.unavailable}).`, gates: [] };
  }
  const peers: readonly string[] = [names.nodeHttp, names.nodeFetch, names.stdlib, names.requests];
  const gates = results.flatMap(({ vcpus, again, added }): Gate[] => {
    const ours = median(added.get(names.launcher) ?? []);
    const bestPeer = Math.min(...peers.flatMap((peer) => (added.has(peer) ? [median(added.get(peer) ?? [])] : [])));
    const below = {
      promise: `added at ${vcpus} vCPU, ms, below the best Node.js or Python peer`,
      value: ours,
      limit: bestPeer,
    };
    if (vcpus < 2) return [below];
    return [
      {
        promise: "added at 2 vCPU, ms, within what the function alone differs from itself (9 of 10 pairs)",
        value: ours,
        limit: quantile(again.map(Math.abs), 0.9),
      },
      below,
    ];
  });
  const disturbed = results
    .map(({ vcpus, disturbed, alone }) => `${disturbed} of ${alone.length} at ${vcpus} vCPU`)
    .join(", ");
  const noise = `Pairs disturbed by other programs each time they were measured: ${disturbed}.`;
  return { markdown: paragraphs(described(rounds), addedInitTable(results), noise, ...missing), gates };
}

async function footprint(bench: Bench) {
  const rounds = share(bench.rounds, 6);
  const { all, missing } = bench.contestants();
  const idle: Contestant = {
    name: "a Node.js that sleeps",
    command: [process.execPath, "-e", "setInterval(() => {}, 2 ** 30)"],
    kind: "bare",
  };
  const byHand = join(bench.folder, "loop.cjs");
  copyFileSync(join(fixtures, "node-net-loop.cjs"), byHand);
  const loop: Contestant = { name: "a node:net loop by hand", command: [process.execPath, byHand], kind: "extension" };
  const extensions = all.filter(({ kind }) => kind === "extension");
  const results = await measureFootprint([idle, loop, ...extensions], rounds, (round) =>
    bench.onProgress(round, rounds),
  );
  const of = finder(results);
  const baselines = { idle: of(idle.name), loop: of(loop.name) };
  const ours = of(names.launcher);
  return {
    markdown: paragraphs(described(rounds), footprintTable(results, baselines), ...missing),
    gates: [
      {
        promise: "idle RSS ÷ a Node.js that sleeps",
        value: pairedRatio(ours.idleBytes, baselines.idle.idleBytes),
        limit: 1.1,
      },
      {
        promise: "CPU per INVOKE ÷ a node:net loop by hand",
        value: pairedRatio(ours.cpuPerInvoke, baselines.loop.cpuPerInvoke),
        limit: 1.2,
      },
    ],
  };
}

async function deadDestination(bench: Bench) {
  const rounds = share(bench.rounds, 5);
  const results = await measureDeadDestination(rounds, (round) => bench.onProgress(round, rounds));
  const healthy = resultOf(results, "healthy");
  const gate = (state: "accepts and never answers" | "closed port", which: "first" | "tenth", limit: number): Gate => ({
    promise: `${which} invocation, destination ${state}, minus healthy, ms`,
    value: median(added(resultOf(results, state)[which], healthy[which])),
    limit,
  });
  return {
    markdown: paragraphs(described(rounds), deadDestinationTable(results)),
    gates: [
      gate("accepts and never answers", "first", 500),
      gate("accepts and never answers", "tenth", 5),
      gate("closed port", "first", 500),
    ],
  };
}

async function cacheGet(bench: Bench) {
  const rounds = share(bench.rounds, 2);
  const result = await measureCacheGet(rounds, (round) => bench.onProgress(round, rounds));
  return {
    markdown: paragraphs(described(rounds), cacheGetTable(result)),
    gates: [
      { promise: "cache warmer's p50 ÷ node:http's", value: pairedRatio(result.warmer, result.nodeHttp), limit: 1 },
    ],
  };
}

async function emulatorSpeed(bench: Bench) {
  const rounds = share(bench.rounds, 3);
  const results = await measureEmulatorSpeed(emulatedLayer(bench), rounds, (round) => bench.onProgress(round, rounds));
  const [ours, official] = [speedOf(results, "ours"), speedOf(results, "AWS's")];
  return {
    markdown: paragraphs(described(rounds), emulatorSpeedTable(results)),
    gates: [
      { promise: "emulator: warm invocation, p50 ÷ AWS's", value: pairedRatio(ours.warm, official.warm), limit: 1.5 },
      { promise: "emulator: cold POST → answer ÷ AWS's", value: pairedRatio(ours.cold, official.cold), limit: 1.2 },
    ],
  };
}

async function emulatorSoak(bench: Bench) {
  const samples = await measureSoak(emulatedLayer(bench), bench.onProgress);
  const [before, after] = samples.slice(-2);
  if (before === undefined || after === undefined) throw new Error("BUG: the soak has two samples or more");
  const grown = (what: "descriptors" | "processes" | "mounts"): Gate => ({
    promise: `emulator: ${what} more after 10,000 further invocations`,
    value: after[what] - before[what],
    limit: 0,
  });
  return {
    markdown: soakTable(samples),
    gates: [
      {
        promise: "emulator: RSS after 10,000 further invocations ÷ before",
        value: after.residentBytes / before.residentBytes,
        limit: 1.1,
      },
      grown("descriptors"),
      grown("processes"),
      grown("mounts"),
    ],
  };
}

async function build(bench: Bench) {
  const rounds = share(bench.rounds, 3);
  const coldRounds = share(bench.rounds, 10);
  const times = await measureBuildTimes(bench.folder, { rounds, coldRounds }, bench.onProgress);
  const gate = (promise: string, values: readonly number[], limit: number): Gate => ({
    promise: `build: ${promise}, ms`,
    value: median(values),
    limit,
  });
  return {
    markdown: paragraphs(`${described(rounds)} Empty caches: ${coldRounds} rounds.`, buildTimesTable(times)),
    gates: [
      gate("everything cached", times.cached, 100),
      gate("one source changed, shared engine", times.sharedChanged, 500),
      gate("one source changed, carried Node.js", times.carriedChanged, 500),
      gate("empty caches", times.cold, 30_000),
      gate(
        "sam build of hello minus build-layer",
        times.sam.map((ms, round) => ms - (times.own[round] ?? NaN)),
        1000,
      ),
    ],
  };
}

async function sizes() {
  return { markdown: sizeTable(layerSizes()), gates: sizeGates() };
}

/** The layer that both emulators run. */
function emulatedLayer(bench: Bench): { readonly folder: string; readonly layer: string } {
  return { folder: bench.folder, layer: layerFolder(bench.contestants()) };
}

function layerFolder({ all }: Contestants): string {
  const [command] = finder(all)(names.launcher).command;
  return join(command, "../..");
}

function finder<T extends { readonly name: string }>(results: readonly T[]): (name: string) => T {
  return (name) => {
    const found = results.find((result) => result.name === name);
    if (found === undefined) throw new Error(`BUG: nobody is called ${name}`);
    return found;
  };
}

function toBar({
  name,
  register,
  next,
}: {
  readonly name: string;
  readonly register: readonly number[];
  readonly next: readonly number[];
}) {
  return {
    name: name.replaceAll("*", ""),
    register: register.length > 0 ? median(register) : undefined,
    next: median(next),
  };
}

/** Slow measurements take a part of the rounds, but never fewer than three. */
function share(rounds: number, part: number): number {
  return Math.max(Math.min(rounds, 3), Math.round(rounds / part));
}

function described(rounds: number): string {
  return `${rounds} rounds, Node.js ${process.version}, ${process.platform} ${process.arch}.`;
}

function paragraphs(...parts: readonly string[]): string {
  return parts.join("\n\n");
}
