import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { dirname } from "node:path";

// The programs themselves, not a version manager's shims in front of them, which cost more than what is measured.
const python = execFileSync("python3", ["-c", "import sys; print(sys.executable)"], { encoding: "utf8" }).trim();
const path = [dirname(process.execPath), dirname(python), "/usr/bin", "/bin"].join(":");

/** A program to start: an extension, unless it is bare. */
export interface Contestant {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
  /** A command that does not call the platform. */
  readonly isBare?: true;
  readonly env?: Readonly<Record<string, string>>;
}

/** A contestant that runs. */
export interface ContestantProcess {
  readonly pid: number;
  readonly exited: Promise<void>;
  kill(): void;
}

/** Starts it with no more environment than it needs. */
export function startContestant(contestant: Contestant, env: Readonly<Record<string, string>> = {}): ContestantProcess {
  const [file, ...args] = contestant.command;
  const child = spawn(file, args, {
    stdio: ["ignore", "ignore", "inherit"],
    env: { PATH: path, LANG: "C.UTF-8", ...contestant.env, ...env },
  });
  const exited = once(child, "exit").then(() => undefined);
  if (child.pid === undefined) throw new Error(`${contestant.name} cannot be started: ${contestant.command.join(" ")}`);
  return { pid: child.pid, exited, kill: () => void child.kill("SIGKILL") };
}

/** Resolves as `waited` does. Errors: rejects if the process ends first. */
export function whileRunning<T>(
  { name, command }: Contestant,
  process: Pick<ContestantProcess, "exited">,
  waited: Promise<T>,
): Promise<T> {
  const ended = process.exited.then((): never => {
    throw new Error(`${name} ended before it had called next: ${command.join(" ")}`);
  });
  return Promise.race([waited, ended]);
}
