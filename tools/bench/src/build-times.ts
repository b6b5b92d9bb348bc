import { spawnSync } from "node:child_process";
import { appendFileSync, globSync, rmSync } from "node:fs";
import { delimiter, join } from "node:path";
import { copyRepository } from "@lambda-extension/e2e/scratch-repository";
import { ensureEnvironment, projectEnvironment } from "@lambda-extension/sam";
import { described, table } from "./report.ts";
import type { Bench, Gate, Section } from "./section.ts";
import { median, pairedDifference, quantile } from "./statistics.ts";

/** What is timed, as the table names it. Of all but `own`, `sam` and `bare` the time is turbo's own. */
const builds = {
  cached: "`pnpm turbo build`, everything cached",
  sharedChanged: "one source changed, shared engine",
  carriedChanged: "one source changed, carried Node.js",
  /** Of turbo's results, of results on disk, and of compressed engines. */
  cold: "empty caches",
  own: "`build-layer --out` of hello, through npx",
  sam: "`sam build` of hello",
  bare: "`node -e 0`, to compare machines and moments",
};

/** Milliseconds, a value per round. */
type BuildTimes = Record<keyof typeof builds, number[]>;

/** Builds a copy of the repository: everything cached, one source changed, cold; and hello with and without SAM. */
export const build: Section = {
  name: "build",
  async run(bench) {
    const [rounds, coldRounds] = [bench.rounds(3), bench.rounds(10)];
    const times = await measure(bench, { rounds, coldRounds });
    const rows = Object.entries(builds).map(([key, name]) => {
      const values = times[key as keyof BuildTimes];
      return [name, `${median(values).toFixed(0)} (${quantile(values, 0.9).toFixed(0)})`];
    });
    const gate = (promise: string, value: number, limit: number): Gate => ({
      promise: `build: ${promise}, ms`,
      value,
      limit,
    });
    return {
      markdown: `${described(rounds)} Empty caches: ${coldRounds} rounds.\n\n${table(["build", "ms (p90)"], rows)}`,
      gates: [
        gate("everything cached", median(times.cached), 100),
        gate(builds.sharedChanged, median(times.sharedChanged), 500),
        gate(builds.carriedChanged, median(times.carriedChanged), 500),
        gate(builds.cold, median(times.cold), 30_000),
        gate("sam build of hello minus build-layer", pairedDifference(times.sam, times.own), 1000),
      ],
    };
  },
};

/** Errors: rejects with the output of a build that failed, or of more or fewer builds than expected. */
async function measure(
  { folder, onProgress }: Bench,
  { rounds, coldRounds }: { readonly rounds: number; readonly coldRounds: number },
): Promise<BuildTimes> {
  const repository = join(folder, "repository");
  const hello = join(repository, "examples/hello");
  const sam = await ensureEnvironment(projectEnvironment);
  const engines = join(folder, "engines");
  const PATH = [sam, process.env["PATH"]].join(delimiter);
  const env = { ...process.env, BUILD_LAYER_CACHE: engines, SAM_CLI_TELEMETRY: "0", PATH };
  await copyRepository(repository, env);
  const times: BuildTimes = { cached: [], sharedChanged: [], carriedChanged: [], cold: [], own: [], sam: [], bare: [] };
  const runIn = (cwd: string, file: string, ...args: readonly string[]) => run({ file, args, cwd, env });
  const turbo = (expectedRuns: number | undefined): number =>
    turboTime(runIn(repository, "npx", "--yes", "pnpm@12", "exec", "turbo", "run", "build").output, expectedRuns);

  for (let round = 0; round < coldRounds; round++) {
    onProgress(round, coldRounds + rounds);
    const built = globSync("{packages/*,tools/*,examples/*/layer,examples/*/layers/*}/dist", { cwd: repository });
    for (const made of [engines, ...[".turbo", ...built].map((name) => join(repository, name))]) {
      rmSync(made, { recursive: true, force: true });
    }
    times.cold.push(turbo(undefined));
  }
  for (let round = 0; round < rounds; round++) {
    onProgress(coldRounds + round, coldRounds + rounds);
    times.bare.push(runIn(repository, process.execPath, "-e", "0").wallMs);
    times.cached.push(turbo(0));
    appendFileSync(join(repository, "examples/own-extension/layer/src/main.ts"), `// ${round}\n`);
    times.sharedChanged.push(turbo(1));
    appendFileSync(join(hello, "layer/src/main.ts"), `// ${round}\n`);
    times.carriedChanged.push(turbo(1));
    const own = ["--no-install", "build-layer", "--out", join(folder, "own")];
    times.own.push(runIn(join(hello, "layer"), "npx", ...own).wallMs);
    times.sam.push(runIn(hello, "sam", "build").wallMs);
  }
  return times;
}

/**
 * The milliseconds in turbo's closing lines: `Cached: 12 cached, 13 total` and `Time: 364ms` or `Time: 2.9s`.
 * Errors: throws with the output if turbo ran more or fewer builds than expected.
 */
export function turboTime(output: string, expectedRuns: number | undefined): number {
  const [, cached = NaN, total = NaN] = /Cached:\s+(\d+) cached, (\d+) total/.exec(output)?.map(Number) ?? [];
  const {
    minutes = 0,
    value = NaN,
    unit,
  } = /Time:\s+(?:(?<minutes>\d+)m)?(?<value>[\d.]+)(?<unit>ms|s)\b/.exec(output)?.groups ?? {};
  if (expectedRuns !== undefined && total - cached !== expectedRuns) {
    throw new Error(`expected ${expectedRuns} builds to run, got ${total - cached}:\n${output}`);
  }
  return Number(minutes) * 60_000 + Number(value) * (unit === "ms" ? 1 : 1000);
}

interface Run {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
}

function run({ file, args, cwd, env }: Run): { readonly output: string; readonly wallMs: number } {
  // The disk has what an earlier build wrote before the next build starts: the next one would pay for it.
  spawnSync("sync");
  const from = performance.now();
  const { status, stdout, stderr, error } = spawnSync(file, args, { cwd, env, encoding: "utf8" });
  const wallMs = performance.now() - from;
  if (status !== 0) throw new Error(`${file} ${args.join(" ")}: ${error?.message ?? ""}\n${stdout}${stderr}`);
  return { output: stdout + stderr, wallMs };
}
