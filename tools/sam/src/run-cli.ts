import { constants } from "node:os";
import { $ } from "zx";

/** What to run, and where. */
export interface CliCall {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
}

/**
 * Runs the tool on this process's own terminal. Returns its exit status, or 128 + signal if a signal ended it.
 * A terminal sends Ctrl-C to both processes. Without a terminal, SIGINT is passed on to the tool as other signals are.
 */
export async function runCli({ file, args, cwd, env }: CliCall): Promise<number> {
  const passOn = (signal: NodeJS.Signals): void => {
    if (signal !== "SIGINT" || !process.stdin.isTTY) running.child?.kill(signal);
  };
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  // Before the tool starts: otherwise a signal might end this process and leave the tool running.
  for (const signal of signals) process.on(signal, passOn);
  // `exec`: the process is the tool itself, not a shell around it, so signals reach it.
  const running = $({ nothrow: true, stdio: "inherit", cwd, env })`exec ${file} ${args}`;
  try {
    const { exitCode, signal } = await running;
    return exitCode ?? (signal === null ? 1 : 128 + constants.signals[signal]);
  } finally {
    for (const signal of signals) process.off(signal, passOn);
  }
}
