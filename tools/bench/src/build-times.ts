import { spawnSync } from "node:child_process";
import { appendFileSync, globSync, rmSync } from "node:fs";
import { delimiter, join } from "node:path";
import { copyRepository } from "@lambda-extension/e2e/scratch-repository";
import { ensureEnvironment, projectEnvironment } from "@lambda-extension/sam";
import { median, quantile } from "./statistics.ts";

/** One value per round. Units: milliseconds. */
export interface BuildTimes {
  /** Turbo's own time for every build of the repository, where nothing changed. */
  readonly cached: readonly number[];
  /** The same where one source of an extension changed. */
  readonly sharedChanged: readonly number[];
  readonly carriedChanged: readonly number[];
  /** The same with empty caches: of turbo's results, of results on disk, and of compressed engines. */
  readonly cold: readonly number[];
  /** `build-layer --out` of hello, as its Makefile calls it. */
  readonly own: readonly number[];
  /** `sam build` of hello. */
  readonly sam: readonly number[];
  /** `node -e 0`: how fast the machine was meanwhile. */
  readonly bare: readonly number[];
}

/**
 * Builds a copy of the repository in `folder`: everything cached, one source changed, cold; and hello with and without
 * the SAM CLI.
 * Errors: throws with the output of a build that failed, and where it was cached though it should not, or the other way
 * round.
 */
export async function measureBuildTimes(
  folder: string,
  { rounds, coldRounds }: { readonly rounds: number; readonly coldRounds: number },
  onProgress: (done: number, all: number) => void,
): Promise<BuildTimes> {
  const repository = join(folder, "repository");
  const sam = await ensureEnvironment(projectEnvironment);
  const engines = join(folder, "engines");
  const env = {
    ...process.env,
    BUILD_LAYER_CACHE: engines,
    SAM_CLI_TELEMETRY: "0",
    PATH: [sam, process.env["PATH"]].join(delimiter),
  };
  await copyRepository(repository, env);
  const times = { cached: [], sharedChanged: [], carriedChanged: [], cold: [], own: [], sam: [], bare: [] } as Record<
    keyof BuildTimes,
    number[]
  >;
  const turbo = (expectedRuns: number | undefined): number =>
    turboTime(
      run("npx", ["--yes", "pnpm@12", "exec", "turbo", "run", "build"], { cwd: repository, env }).output,
      expectedRuns,
    );

  for (let round = 0; round < coldRounds; round++) {
    onProgress(round, coldRounds + rounds);
    for (const made of [
      ".turbo",
      ...globSync("{packages/*,tools/*,examples/*/layer,examples/*/layers/*}/dist", { cwd: repository }),
    ]) {
      rmSync(join(repository, made), { recursive: true, force: true });
    }
    rmSync(engines, { recursive: true, force: true });
    times.cold.push(turbo(undefined));
  }
  const hello = join(repository, "examples/hello");
  for (let round = 0; round < rounds; round++) {
    onProgress(coldRounds + round, coldRounds + rounds);
    times.bare.push(run(process.execPath, ["-e", "0"], { cwd: repository, env }).wallMs);
    times.cached.push(turbo(0));
    appendFileSync(join(repository, "examples/own-extension/layer/src/main.ts"), `// ${round}\n`);
    times.sharedChanged.push(turbo(1));
    appendFileSync(join(hello, "layer/src/main.ts"), `// ${round}\n`);
    times.carriedChanged.push(turbo(1));
    times.own.push(
      run("npx", ["--no-install", "build-layer", "--out", join(folder, "own")], { cwd: join(hello, "layer"), env })
        .wallMs,
    );
    times.sam.push(run("sam", ["build"], { cwd: hello, env }).wallMs);
  }
  return times;
}

/** A Markdown table: medians (and p90). */
export function buildTimesTable(times: BuildTimes): string {
  const rows: readonly (readonly [string, readonly number[]])[] = [
    ["`pnpm turbo build`, everything cached", times.cached],
    ["one source changed, shared engine", times.sharedChanged],
    ["one source changed, carried Node.js", times.carriedChanged],
    ["empty caches", times.cold],
    ["`build-layer --out` of hello, through npx", times.own],
    ["`sam build` of hello", times.sam],
    ["`node -e 0`, to compare machines and moments", times.bare],
  ];
  return [
    "| build | ms (p90) |",
    "|---|--:|",
    ...rows.map(([name, values]) => `| ${name} | ${median(values).toFixed(0)} (${quantile(values, 0.9).toFixed(0)}) |`),
  ].join("\n");
}

/** Turbo's closing lines: `Cached: 12 cached, 13 total` and `Time: 364ms` or `Time: 2.9s`. */
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

interface Ran {
  readonly output: string;
  readonly wallMs: number;
}

function run(
  file: string,
  args: readonly string[],
  { cwd, env }: { readonly cwd: string; readonly env: NodeJS.ProcessEnv },
): Ran {
  // What an earlier build wrote is on disk before the next one starts, or it would pay for that.
  spawnSync("sync");
  const from = performance.now();
  const { status, stdout, stderr, error } = spawnSync(file, args, { cwd, env, encoding: "utf8" });
  const wallMs = performance.now() - from;
  if (status !== 0) throw new Error(`${file} ${args.join(" ")}: ${error?.message ?? ""}\n${stdout}${stderr}`);
  return { output: stdout + stderr, wallMs };
}
