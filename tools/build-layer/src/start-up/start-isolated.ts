import { spawn } from "node:child_process";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import type { Host } from "./measure-layer.ts";
import type { Program, StartOutcome } from "./start-once.ts";

/** Namespaces of its own: no network but the loopback device, and when its first process ends, all others do. */
const namespaces = ["--map-root-user", "--net", "--pid", "--fork", "--kill-child"];
const withLoopback = ["sh", "-c", 'ip link set lo up && exec "$@"', "sh"];
/** `ip` is often in /usr/sbin. */
const path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
/** What Node.js needs to start on a slow machine, beyond the program's own deadline. */
const marginMs = 10_000;

/**
 * Starts an extension once, without a network where the system allows namespaces, otherwise with it. The stand-in of
 * Lambda's APIs must be on the same side, so both run in a process of their own.
 */
export async function startIsolated(program: Program, { node, platform }: Host): Promise<StartOutcome> {
  const script = fileURLToPath(new URL(`start-process${extname(import.meta.url)}`, import.meta.url));
  const direct = [node, script, JSON.stringify(program)];
  const timeoutMs = program.deadlineMs + marginMs;
  const printed =
    (platform === "linux" && (await run(["unshare", ...namespaces, "--", ...withLoopback, ...direct], timeoutMs))) ||
    (await run(direct, timeoutMs));
  if (printed === "") throw new Error("BUG: the process that starts an extension ended without a result");
  return JSON.parse(printed) as StartOutcome;
}

/** Returns what a command printed; empty if it could not be executed. */
function run([command = "", ...args]: readonly string[], timeoutMs: number): Promise<string> {
  return new Promise((resolve) => {
    // The command sees the end of its standard input when this process ends.
    const child = spawn(command, args, {
      env: { PATH: path },
      stdio: ["pipe", "pipe", "ignore"],
      timeout: timeoutMs,
      killSignal: "SIGKILL",
    });
    let printed = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (printed += text));
    child.once("error", () => resolve("")).once("close", () => resolve(printed));
  });
}
