import { spawn } from "node:child_process";
import { shellQuote } from "./shell-quote.ts";

/** Ends processes when the emulator ends in whatever way, where no namespace tells which they are. */
export interface Watchdog {
  watch(pid: number): void;
  forget(pid: number): void;
  /** Kills the process groups still watched and removes the work folder. */
  close(): Promise<void>;
}

/** Starts a shell that reads `+pid` and `-pid` until its standard input ends. */
export function startWatchdog(workFolder: string): Watchdog {
  const script = [
    "groups=' '",
    "while read -r line; do",
    "  pid=${line#?}",
    '  case "$line" in',
    '    +*) groups="$groups$pid " ;;',
    '    -*) groups="${groups%% $pid *} ${groups#* $pid }" ;;',
    "  esac",
    "done",
    "for pid in $groups; do kill -KILL -- -$pid 2>/dev/null; done",
    `rm -rf -- ${shellQuote(workFolder)}`,
  ].join("\n");
  const child = spawn("sh", ["-c", script], { cwd: "/", detached: true, stdio: ["pipe", "ignore", "ignore"] });
  child.stdin.on("error", () => {});
  const ended = new Promise<void>((resolve) => {
    child.once("exit", () => resolve());
    child.once("error", () => resolve());
  });
  return {
    watch: (pid) => void child.stdin.write(`+${pid}\n`),
    forget: (pid) => void child.stdin.write(`-${pid}\n`),
    async close() {
      child.stdin.end();
      await ended;
    },
  };
}
