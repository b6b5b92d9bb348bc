import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { openExtensionsApi } from "./extensions-api.ts";

/** A program that is an extension, or starts one. */
export interface Program {
  readonly command: string;
  readonly args: readonly string[];
  /** All of its variables but AWS_LAMBDA_RUNTIME_API. */
  readonly env: Readonly<Record<string, string>>;
  readonly deadlineMs: number;
}

/** How a start went, up to the first `next`. */
export interface StartOutcome {
  readonly end: StartEnd;
  /** True if it subscribed to telemetry or logs before. */
  readonly hasSubscribed: boolean;
  /** What it wrote into its fourth descriptor: see LAMBDA_EXTENSION_START_CHECK in docs/layers.md. */
  readonly told: string;
  /** The end of its output. */
  readonly said: string;
}

/** What came first. */
export type StartEnd =
  | { readonly kind: "next"; readonly afterMs: number }
  /** It reported that it cannot start. */
  | { readonly kind: "error"; readonly errorType: string }
  | { readonly kind: "exit"; readonly status: number | NodeJS.Signals }
  | { readonly kind: "late" };

/** Enough for a message of core; a program may print megabytes. Units: UTF-16 code units. */
const keptOutput = 65_536;
/** How long the pipes of an ended process may stay open: a process that left its group may hold them. */
const drainMs = 200;

/**
 * Starts an extension as Lambda does, with a stand-in of Lambda's APIs, and ends its process group at the first `next`.
 * Errors: the system's, if the program cannot be executed.
 */
export async function startOnce({ command, args, env, deadlineMs }: Program): Promise<StartOutcome> {
  let end: StartEnd | undefined;
  let hasSubscribed = false;
  let onEnd = (): void => {};
  const finish = (how: StartEnd): void => {
    end ??= how;
    onEnd();
  };
  const api = await openExtensionsApi((call) => {
    if (call.kind === "next") finish({ kind: "next", afterMs: performance.now() - startMs });
    else if (call.kind === "error") finish(call);
    else if (call.kind === "subscribe") hasSubscribed = true;
  });
  const startMs = performance.now();
  const child = spawn(command, args, {
    env: { ...env, AWS_LAMBDA_RUNTIME_API: api.address },
    cwd: "/", // as on Lambda
    stdio: ["ignore", "pipe", "pipe", "pipe"],
    detached: true, // a process group of its own
  });
  const kill = (): void => killGroup(child);
  process.once("exit", kill);
  const [said, told] = [collect(child, [1, 2]), collect(child, [3])];
  const closed = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const timer = setTimeout(() => finish({ kind: "late" }), deadlineMs);
  try {
    await new Promise<void>((resolve, reject) => {
      onEnd = resolve;
      child.once("error", reject);
      // The last call may still be on its way.
      child.once("exit", (code, signal) => {
        void atMost(drainMs, closed).then(() => finish({ kind: "exit", status: code ?? signal ?? 0 }));
      });
    });
    kill();
    await atMost(drainMs, closed);
    return { end: end ?? { kind: "late" }, hasSubscribed, told: told(), said: said() };
  } finally {
    clearTimeout(timer);
    kill();
    process.off("exit", kill);
    for (const pipe of child.stdio) pipe?.destroy();
    await api.close();
  }
}

function killGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, "SIGKILL");
  } catch {
    // All of its processes have ended.
  }
}

/** Returns a function that returns the end of what came out of these descriptors. */
function collect(child: ChildProcess, descriptors: readonly number[]): () => string {
  let text = "";
  for (const descriptor of descriptors) {
    const pipe = child.stdio[descriptor] as NodeJS.ReadableStream | undefined;
    pipe?.setEncoding("utf8").on("data", (part: string) => (text = (text + part).slice(-keptOutput)));
  }
  return () => text;
}

function atMost(ms: number, work: Promise<void>): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    void work.then(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}
