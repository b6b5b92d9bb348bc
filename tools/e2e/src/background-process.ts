import { spawn } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import type { Command } from "./run-command.ts";

/** A program that runs until it is closed. */
export interface BackgroundProcess {
  readonly pid: number;
  /** What it wrote to standard output and standard error, as it came. */
  readonly lines: readonly string[];
  /** Resolves with the first line, past or to come, that matches. Errors: rejects with all lines if no line does. */
  readonly waitForLine: (pattern: RegExp) => Promise<string>;
  /** Resolves when it ended and all its output was read. */
  readonly ended: Promise<void>;
  /** Sends SIGTERM, and SIGKILL after `graceMs`; resolves when it ended; idempotent. */
  close(graceMs?: number): Promise<void>;
}

/**
 * Starts a program in the background; `stderr: "ignore"` throws its standard error away unread. Errors: rejects if it
 * cannot be started.
 */
export async function startProcess(
  { file, args, cwd, env }: Command,
  { stderr = "pipe" }: { readonly stderr?: "pipe" | "ignore" } = {},
): Promise<BackgroundProcess> {
  const child = spawn(file, args, { cwd, env, stdio: ["ignore", "pipe", stderr] });
  await once(child, "spawn");
  const lines: string[] = [];
  const news = new EventEmitter().setMaxListeners(0);
  for (const stream of [child.stdout, child.stderr]) {
    if (stream === null) continue;
    createInterface({ input: stream }).on("line", (line) => {
      lines.push(line);
      news.emit("news");
    });
  }
  let isOver = false;
  const ended = once(child, "close").then(() => {
    isOver = true;
    news.emit("news");
  });
  return {
    pid: child.pid ?? 0,
    lines,
    ended,
    async waitForLine(pattern) {
      for (;;) {
        const line = lines.find((line) => pattern.test(line));
        if (line !== undefined) return line;
        if (isOver) throw new Error(`${file} ended without a line that matches ${pattern}:\n${lines.join("\n")}`);
        await once(news, "news");
      }
    },
    async close(graceMs = 10_000) {
      child.kill("SIGTERM");
      const timer = setTimeout(() => child.kill("SIGKILL"), graceMs);
      await ended;
      clearTimeout(timer);
    },
  };
}

/** A program in a mount and a process namespace of its own: what it starts and what it mounts end with it. */
export interface NamespacedProcess extends BackgroundProcess {
  /** The program's pid on this machine. `pid` is that of a process that only waits for the program. */
  findMainPid(): Promise<number>;
}

/** Starts a program in namespaces of its own; `network`: also in a network of its own that has only a loopback. */
export async function startNamespaced(
  { file, args, ...place }: Command,
  { network = false }: { readonly network?: boolean } = {},
): Promise<NamespacedProcess> {
  const namespaces = ["--mount", "--pid", "--fork", "--kill-child", "--mount-proc", ...(network ? ["--net"] : [])];
  const asRoot = process.getuid?.() === 0 ? [] : ["--user", "--map-root-user"];
  // The waiting process is killed when this process ends for any reason, and the program with it.
  const waiter = ["--pdeathsig", "KILL", "unshare", ...namespaces, ...asRoot];
  const waiting = await startProcess({ ...place, file: "setpriv", args: [...waiter, file, ...args] });
  return {
    ...waiting,
    findMainPid: async () => Number(await readFile(`/proc/${waiting.pid}/task/${waiting.pid}/children`, "utf8")),
  };
}
