import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { dirname } from "node:path";

// The programs themselves, not a version manager's shims in front of them, which cost more than what is measured.
const python = execFileSync("python3", ["-c", "import sys; print(sys.executable)"], { encoding: "utf8" }).trim();
const path = [dirname(process.execPath), dirname(python), "/usr/bin", "/bin"].join(":");

/** Something to start: an extension, or a bare command that talks to nobody. */
export interface Contestant {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
  readonly kind: "extension" | "bare";
  readonly env?: Readonly<Record<string, string>>;
}

/** A contestant that runs. */
export interface ContestantProcess {
  readonly pid: number;
  readonly exited: Promise<void>;
  kill(): void;
}

/** Starts it with no more environment than it needs. */
export function startContestant(
  contestant: Omit<Contestant, "kind">,
  env: Readonly<Record<string, string>> = {},
): ContestantProcess {
  const [file, ...args] = contestant.command;
  const child = spawn(file, args, {
    stdio: ["ignore", "ignore", "inherit"],
    env: { PATH: path, LANG: "C.UTF-8", ...contestant.env, ...env },
  });
  const exited = once(child, "exit").then(() => undefined);
  if (child.pid === undefined) throw new Error(`${contestant.name} cannot be started: ${contestant.command.join(" ")}`);
  return { pid: child.pid, exited, kill: () => void child.kill("SIGKILL") };
}

/** What `waited` resolves with, unless the process ends first: then rejects. */
export function whileRunning<T>(
  contestant: Omit<Contestant, "kind">,
  process: Pick<ContestantProcess, "exited">,
  waited: Promise<T>,
): Promise<T> {
  const ended = process.exited.then((): never => {
    throw new Error(`${contestant.name} ended before it had called next: ${contestant.command.join(" ")}`);
  });
  return Promise.race([waited, ended]);
}
