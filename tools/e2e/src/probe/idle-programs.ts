import { chmod, mkdir, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import type { Socket } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { listen } from "../ports.ts";

/**
 * Programs that do nothing: each reports that it runs, and exits when it is told. The test itself speaks to the APIs in
 * their place. They hold a connection to the test, so its end ends them.
 */
export interface IdlePrograms {
  /** The value of PROBE_CONTROL in their environment. */
  readonly controlPort: string;
  /** Resolves when a program of that file name runs. */
  readonly started: (name: string) => Promise<void>;
  /** Makes it exit with that status. */
  readonly exit: (name: string, status: number) => void;
  /** Ends all of them; idempotent. */
  close(): Promise<void>;
}

/** The text of such a program's file. */
export const idleProgram = `#!/bin/bash
exec 3<>"/dev/tcp/127.0.0.1/$PROBE_CONTROL" || exit 99
echo "\${0##*/}" >&3
read -r status <&3 || status=0
exit "$status"
`;

/** Writes `extensions/<name>` for each name, and `bootstrap`. Returns the folders that become /opt and /var/task. */
export async function writeIdlePrograms(
  folder: string,
  extensions: readonly string[],
): Promise<{ opt: string; task: string }> {
  const [opt, task] = [join(folder, "opt"), join(folder, "task")];
  await mkdir(join(opt, "extensions"), { recursive: true });
  await mkdir(task);
  for (const file of [join(task, "bootstrap"), ...extensions.map((name) => join(opt, "extensions", name))]) {
    await writeFile(file, idleProgram);
    await chmod(file, 0o755);
  }
  return { opt, task };
}

/** Waits for such programs on a free port. */
export async function listenToIdlePrograms(): Promise<IdlePrograms> {
  const running = new Map<string, Socket>();
  const waiting = new Map<string, () => void>();
  const server = createServer((socket) => {
    socket.on("error", () => socket.destroy());
    createInterface({ input: socket }).once("line", (name) => {
      running.set(name, socket);
      waiting.get(name)?.();
    });
  });
  const { port, close } = await listen(server);
  return {
    controlPort: String(port),
    started: (name) => (running.has(name) ? Promise.resolve() : new Promise((resolve) => waiting.set(name, resolve))),
    exit: (name, status) => void running.get(name)?.write(`${status}\n`),
    close,
  };
}
