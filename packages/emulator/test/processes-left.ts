import { readFileSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";

/** Processes of this machine with the mark in their environment; a zombie has no environment any more. */
export async function processesLeft(mark: string): Promise<readonly string[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const environments = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/environ`, "utf8").catch(() => "")));
  return pids.filter((_, index) => environments[index]?.includes(mark));
}

/** Whether the process is there and no zombie, which its parent has not looked after yet. */
export function isRunning(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}
