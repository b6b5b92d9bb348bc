import { spawn } from "node:child_process";
import { createLineSplitter } from "./line-splitter.ts";

/** A shell that cleans up after this process. It sees this process end, for any reason: its standard input closes. */
export interface Keeper {
  /** Writes a line to the shell's standard input. */
  tell(line: string): void;
  /** Resolves with what the shell wrote to standard error when it has ended. Never rejects. */
  readonly ended: Promise<string>;
  /** Lets the shell clean up now. Resolves when it has ended; idempotent. */
  close(): Promise<void>;
}

/** Starts a shell with a script that reads its standard input to the end. `onLine` gets the lines that it prints. */
export function startKeeper(script: string, onLine: (line: string) => void = () => {}): Keeper {
  const child = spawn("sh", ["-c", script], { cwd: "/", detached: true, stdio: ["pipe", "pipe", "pipe"] });
  child.stdin.on("error", () => {});
  const lines = createLineSplitter(onLine);
  child.stdout.on("data", (chunk: Buffer) => lines.push(chunk));
  let errors = "";
  child.stderr.on("data", (chunk: Buffer) => (errors += chunk.toString()));
  const ended = new Promise<string>((resolve) => {
    child.once("close", () => resolve(errors.trim()));
    child.once("error", () => resolve(""));
  });
  return {
    tell: (line) => void child.stdin.write(`${line}\n`),
    ended,
    async close() {
      child.stdin.end();
      await ended;
    },
  };
}

/** A word that a POSIX shell reads as exactly this text. */
export function shellQuote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
