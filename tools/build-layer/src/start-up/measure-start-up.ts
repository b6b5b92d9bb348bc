import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { dirname } from "node:path";
import { BuildError } from "../build-error.ts";
import { openExtensionsApi } from "./extensions-api.ts";
import type { ExtensionsApi } from "./extensions-api.ts";

/** What is measured, and against what. */
export interface StartUpRequest {
  /** The built layer's file in `extensions/`. */
  readonly launcher: string;
  /** What the launcher of a shared layer finds. */
  readonly hostNode: string;
  /** The one to compare with. */
  readonly bareNode: string;
  /** Set for the extension, beside what Lambda sets. */
  readonly environment: Readonly<Record<string, string>>;
}

/** One value for each round. Units: milliseconds. */
export interface StartUpTimes {
  /** From the start of the extension to its first `next`, with which its part of Lambda's init phase is over. */
  readonly next: readonly number[];
  /** From the start of `node -e 0` to its end. */
  readonly bare: readonly number[];
}

const rounds = 15;
const startDeadlineMs = 30_000;
const endDeadlineMs = 2_000;

/**
 * Starts an extension and a Node.js that does nothing in turn, so that a slow moment of the machine is shared by both.
 * Errors: `BuildError` where the extension never asks for its first event.
 */
export async function measureStartUp({
  launcher,
  hostNode,
  bareNode,
  environment,
}: StartUpRequest): Promise<StartUpTimes> {
  const api = await openExtensionsApi();
  const env = {
    ...environment,
    ...lambdaEnvironment,
    AWS_LAMBDA_RUNTIME_API: api.address,
    PATH: `${dirname(hostNode)}:/usr/local/bin:/usr/bin:/bin`,
  };
  const times: { readonly next: number[]; readonly bare: number[] } = { next: [], bare: [] };
  try {
    // The first round fills the page cache and is not counted.
    for (let round = 0; round <= rounds; round++) {
      const next = await timeToNext(launcher, env, api);
      const bare = await timeToEnd(bareNode, env);
      if (round === 0) continue;
      times.next.push(next);
      times.bare.push(bare);
    }
  } finally {
    await api.close();
  }
  return times;
}

const lambdaEnvironment = {
  AWS_REGION: "us-east-1",
  AWS_LAMBDA_FUNCTION_NAME: "start-up",
  AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: "128",
  AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
};

async function timeToNext(launcher: string, env: NodeJS.ProcessEnv, api: ExtensionsApi): Promise<number> {
  const asked = api.firstNext();
  const startMs = performance.now();
  const child = spawn(launcher, { env, stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (said += text));
  const ended = end(child);
  try {
    const nextMs = await Promise.race([asked, ended.then(() => undefined), after(startDeadlineMs, "late")]);
    if (typeof nextMs === "number") {
      await Promise.race([ended, after(endDeadlineMs, undefined)]);
      return nextMs - startMs;
    }
    const got =
      nextMs === "late"
        ? `none within ${startDeadlineMs / 1000} s`
        : `its end (exit status ${child.exitCode ?? child.signalCode})`;
    const line = said.trim().split("\n").at(-1) ?? "";
    const last = line === "" ? "" : `; it said: ${line}`;
    throw new BuildError(`start-up: expected the extension to ask for its first event, got ${got}${last}`);
  } finally {
    child.kill("SIGKILL");
  }
}

async function timeToEnd(node: string, env: NodeJS.ProcessEnv): Promise<number> {
  const startMs = performance.now();
  await end(spawn(node, ["-e", "0"], { env, stdio: "ignore" }));
  return performance.now() - startMs;
}

function end(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => child.once("error", reject).once("exit", () => resolve()));
}

function after<T>(ms: number, value: T): Promise<T> {
  return new Promise((resolve) => setTimeout(() => resolve(value), ms).unref());
}
