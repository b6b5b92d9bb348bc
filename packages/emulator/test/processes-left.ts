import { readFileSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";

/** Returns the processes of this machine with the mark in their environment. A zombie has no environment. */
export async function processesLeft(mark: string): Promise<readonly string[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const environments = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/environ`, "utf8").catch(() => "")));
  return pids.filter((_, index) => environments[index]?.includes(mark));
}

/** True if the process runs. A zombie does not: it has ended, and its parent has not read its status yet. */
export function isRunning(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}
