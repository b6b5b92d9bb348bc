import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

/** What to start. */
export interface ProcessSpec {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  /** The whole environment; default: this process's. */
  readonly env?: NodeJS.ProcessEnv;
}

/** A program that runs until it is closed. */
export interface BackgroundProcess {
  readonly pid: number;
  /** What it wrote to standard output and standard error, as it came. */
  readonly lines: readonly string[];
  /**
   * Resolves with the first line, past or to come, that matches; rejects with all lines when the process ends without
   * one.
   */
  readonly waitForLine: (pattern: RegExp) => Promise<string>;
  /** Resolves when it ended and all its output was read. */
  readonly ended: Promise<void>;
  /** SIGTERM, after `graceMs` SIGKILL; resolves when it ended; idempotent. */
  close(graceMs?: number): Promise<void>;
}

/** Starts a program in the background. Errors: rejects where it cannot be started. */
export async function startProcess(spec: ProcessSpec): Promise<BackgroundProcess> {
  const child = spawn(spec.file, spec.args, { cwd: spec.cwd, env: spec.env, stdio: ["ignore", "pipe", "pipe"] });
  await once(child, "spawn");
  const lines: string[] = [];
  const listeners = new Set<() => void>();
  const wake = (): void => {
    for (const listener of listeners) listener();
  };
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on("line", (line) => {
      lines.push(line);
      wake();
    });
  }
  let isOver = false;
  const ended = (async () => {
    await once(child, "close");
    isOver = true;
    wake();
  })();
  return {
    pid: child.pid ?? 0,
    lines,
    ended,
    waitForLine: (pattern) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const line = lines.find((line) => pattern.test(line));
          if (line === undefined && !isOver) return;
          listeners.delete(look);
          if (line !== undefined) resolve(line);
          else reject(new Error(`${spec.file} ended without a line that matches ${pattern}:\n${lines.join("\n")}`));
        };
        listeners.add(look);
        look();
      }),
    close: (graceMs = 10_000) => end(child, ended, graceMs),
  };
}

async function end(child: ChildProcess, ended: Promise<void>, graceMs: number): Promise<void> {
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), graceMs);
  await ended;
  clearTimeout(timer);
}
