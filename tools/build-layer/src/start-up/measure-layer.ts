import { spawn } from "node:child_process";
import { dirname, join } from "node:path";
import { BuildError } from "../build-error.ts";
import { architectureOfHost } from "../config/extension-settings.ts";
import type { Architecture, ExtensionSettings } from "../config/extension-settings.ts";
import { lambdaEnvironment } from "./lambda-environment.ts";
import { startOnce } from "./start-once.ts";
import type { Program } from "./start-once.ts";

/** The machine that builds. */
export interface Host {
  /** The path of its Node.js. */
  readonly node: string;
  readonly platform: NodeJS.Platform;
  readonly arch: string;
}

/** How long an extension takes to its first `next`. Units: milliseconds; medians. */
export interface StartUp {
  /** From the start of the extension to its first `next`, with which its part of Lambda's init phase is over. */
  readonly nextMs: number;
  /** A Node.js that does nothing, `node -e 0`, from start to end. */
  readonly bareMs: number;
  /** The first divided by the second, round by round: what drifts with the machine's speed cancels out. */
  readonly ratio: number;
}

const rounds = 15;
const startDeadlineMs = 30_000;

/**
 * Measures the first layer that this machine can run, with the defaults of its `environment` set; returns undefined if
 * it can run none of them. A layer that carries Node.js is compared with that one, any other with the host's. The two
 * start in turn, so that a slow moment of the machine is shared by both.
 * Errors: `BuildError` if the extension never asks for its first event.
 */
export async function measureLayer(
  settings: ExtensionSettings,
  layers: readonly { readonly folder: string; readonly architecture: Architecture | undefined }[],
  { node, platform, arch }: Host,
): Promise<StartUp | undefined> {
  const runnable = layers.find(
    ({ architecture }) => architecture === undefined || architecture === architectureOfHost[arch],
  );
  // Other systems cannot run Lambda's programs, and macOS runs no launcher: its bash is of 2007.
  if (runnable === undefined || platform !== "linux") return undefined;
  const { name, engine, runtime } = settings;
  const bareNode = engine === "carried" && runtime === "node" ? join(runnable.folder, name, "bin/node") : node;
  const times: { readonly next: number[]; readonly bare: number[] } = { next: [], bare: [] };
  const variables = lambdaEnvironment(settings);
  // The launcher of a shared layer finds its Node.js there.
  const env = { ...variables, PATH: `${dirname(node)}:${variables["PATH"]}` };
  const launcher: Program = {
    command: join(runnable.folder, "extensions", name),
    args: [],
    env,
    deadlineMs: startDeadlineMs,
  };
  // The first round fills the page cache and is not counted.
  for (let round = 0; round <= rounds; round++) {
    const next = await timeToNext(launcher);
    const bare = await timeToEnd(bareNode, env);
    if (round === 0) continue;
    times.next.push(next);
    times.bare.push(bare);
  }
  return toStartUp(times);
}

/** Returns the medians of a measurement's rounds. Units: milliseconds, one value for each round. */
export function toStartUp({
  next,
  bare,
}: {
  readonly next: readonly number[];
  readonly bare: readonly number[];
}): StartUp {
  const ratios = next.map((ms, round) => ms / (bare[round] ?? NaN));
  return { nextMs: median(next), bareMs: median(bare), ratio: median(ratios) };
}

/** The middle one; of an even count the upper of the two in the middle. */
function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}

async function timeToNext(launcher: Program): Promise<number> {
  const { end, said } = await startOnce(launcher);
  if (end.kind === "next") return end.afterMs;
  const got =
    end.kind === "late"
      ? `none within ${startDeadlineMs / 1000} s`
      : `its end (${end.kind === "exit" ? `exit status ${end.status}` : end.errorType})`;
  const line = said.trim().split("\n").at(-1) ?? "";
  const last = line === "" ? "" : `; it said: ${line}`;
  throw new BuildError(`start-up: expected the extension to ask for its first event, got ${got}${last}`);
}

async function timeToEnd(node: string, env: NodeJS.ProcessEnv): Promise<number> {
  const startMs = performance.now();
  const child = spawn(node, ["-e", "0"], { env, stdio: "ignore" });
  await new Promise<void>((resolve, reject) => child.once("error", reject).once("exit", () => resolve()));
  return performance.now() - startMs;
}
