import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import type { Readable } from "node:stream";
import { errorCode } from "../problems/emulator-error.ts";
import { createLineSplitter } from "./line-splitter.ts";

/** How a process ended. */
export type ExitStatus =
  | { readonly kind: "code"; readonly code: number }
  | { readonly kind: "signal"; readonly signal: string }
  | { readonly kind: "not-started"; readonly reason: string };

/** A process of the environment. It leads its own process group. */
export interface Child {
  readonly pid: number | undefined;
  readonly isRunning: boolean;
  /** Resolves when it has ended and its output has been read; never rejects. */
  readonly exited: Promise<ExitStatus>;
  /** Signals the whole process group; does nothing once the group is gone. */
  signal(signal: NodeJS.Signals): void;
}

/** What to run; `argv[0]` is looked up in this process's own PATH. */
export interface ChildCommand {
  readonly argv: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  onLine(line: string): void;
}

/** A grandchild may hold the output open: the exit is reported after this time at the latest. Units: milliseconds. */
const outputGraceMs = 100;

/** Starts a process in its own process group. If the program cannot be executed, `exited` says so. */
export function startChild(command: ChildCommand): Child {
  const [program = "", ...args] = command.argv;
  const child = spawn(program, args, {
    cwd: "/",
    env: command.environment,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  readLines(child.stdout, (line) => command.onLine(line));
  readLines(child.stderr, (line) => command.onLine(line));
  let isRunning = true;
  const exited = waitForExit(child).then((status) => {
    isRunning = false;
    return status;
  });
  return {
    pid: child.pid,
    get isRunning() {
      return isRunning;
    },
    exited,
    signal: (signal) => signalGroup(child.pid, signal),
  };
}

function readLines(stream: Readable, onLine: (line: string) => void): void {
  const splitter = createLineSplitter(onLine);
  stream.on("data", (chunk: Buffer) => splitter.push(chunk));
  stream.on("end", () => splitter.end());
  stream.on("error", () => splitter.end());
}

function waitForExit(child: ChildProcess): Promise<ExitStatus> {
  return new Promise((resolve) => {
    child.once("error", (error) => resolve({ kind: "not-started", reason: error.message }));
    child.once("exit", (code, signal) => {
      const status: ExitStatus = signal === null ? { kind: "code", code: code ?? 0 } : { kind: "signal", signal };
      const timer = setTimeout(() => resolve(status), outputGraceMs);
      child.once("close", () => {
        clearTimeout(timer);
        resolve(status);
      });
    });
  });
}

function signalGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if (errorCode(error) !== "ESRCH") throw error;
  }
}
