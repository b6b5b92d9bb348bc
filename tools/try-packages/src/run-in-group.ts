import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";

/** A program, and the most that it may take. */
export interface GroupCommand {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** How a program ended. */
export interface GroupResult {
  readonly isSuccess: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

/** From SIGTERM to SIGKILL: a program removes its own scratch files meanwhile. */
const graceMs = 3000;

/**
 * Runs a program in a process group of its own, because npm starts compilers. The whole group ends with the abort of
 * the signal, and when the time is over. Errors: rejects if the program cannot be started, and after an abort.
 */
export async function runInGroup({ timeoutMs, signal, ...command }: GroupCommand): Promise<GroupResult> {
  signal.throwIfAborted();
  const { file, args, cwd, env } = command;
  const child = spawn(file, args, { cwd, env, detached: true, stdio: ["ignore", "pipe", "pipe"] });
  const texts = { stdout: "", stderr: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => (texts.stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (texts.stderr += text));
  let ending: Promise<void> | undefined;
  const end = (): void => void (ending ??= endGroup(child.pid));
  const timer = setTimeout(() => {
    texts.stderr += `\nit took more than ${timeoutMs / 1000} s`;
    end();
  }, timeoutMs);
  signal.addEventListener("abort", end);
  try {
    const [code] = (await once(child, "close")) as [number | null];
    await ending;
    signal.throwIfAborted();
    return { isSuccess: code === 0 && ending === undefined, ...texts };
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", end);
  }
}

/** Resolves when no process of the group is left: one of them may live longer than the program. */
async function endGroup(pid: number | undefined): Promise<void> {
  for (const name of ["SIGTERM", "SIGKILL"] as const) {
    const endMs = performance.now() + graceMs;
    if (pid === undefined || !send(pid, name)) return;
    while (performance.now() < endMs) {
      await delay(20);
      if (!send(pid, 0)) return;
    }
  }
}

/** Returns false if the group is gone. */
function send(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-pid, signal);
  } catch {
    return false;
  }
}
