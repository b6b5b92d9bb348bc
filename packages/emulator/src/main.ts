import { interruptedStatus, runCli } from "./cli/run-cli.ts";
import { startEnvironment } from "./environment/start-environment.ts";
import type { Output } from "./host/host.ts";
import { findFaketime } from "./process/movable-clock.ts";

const interruption = new AbortController();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => {
    // The second time means now; processes in a namespace end with this one.
    if (interruption.signal.aborted) process.exit(interruptedStatus);
    interruption.abort();
  });
}
// The reader of a pipe may go away early (`… | head`): that ends the command like Ctrl-C.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => interruption.abort());

function toOutput(stream: NodeJS.WriteStream): Output {
  return {
    write: (text) => void stream.write(text),
    isTerminal: stream.isTTY,
    columns: stream.columns,
  };
}

process.exitCode = await runCli(process.argv.slice(2), {
  stdout: toOutput(process.stdout),
  stderr: toOutput(process.stderr),
  stdin: process.stdin,
  cwd: process.cwd(),
  env: process.env,
  interrupted: interruption.signal,
  architecture: process.arch === "x64" ? "x86_64" : process.arch,
  nowEpochMs: () => Date.now(),
  canMoveClock: () => findFaketime() !== undefined,
  startEnvironment,
});
// An open stdin would keep this process alive.
process.stdin.destroy();
// An init that hangs would keep this process alive.
if (process.exitCode === interruptedStatus) process.exit();
