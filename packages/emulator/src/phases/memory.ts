import { readFileSync } from "node:fs";
import { childrenOf } from "../state/generation.ts";
import type { Generation } from "../state/generation.ts";
import type { Platform } from "../state/platform.ts";

/**
 * The peak memory of the processes that the platform started; 0 if the system does not tell it. Pages of files count
 * once, as on Lambda: with the process that has most of them. A function and extensions on one Node.js share such
 * pages. Units: MB.
 */
export function maxMemoryUsedMb(generation: Generation): number {
  let ownKilobytes = 0;
  let fileKilobytes = 0;
  for (const { pid, isRunning } of childrenOf(generation)) {
    if (pid === undefined || !isRunning) continue;
    try {
      const status = readFileSync(`/proc/${pid}/status`, "utf8");
      const mapped = readKilobytes(status, "RssFile");
      ownKilobytes += Math.max(0, readKilobytes(status, "VmHWM") - mapped);
      fileKilobytes = Math.max(fileKilobytes, mapped);
    } catch {
      // The process has just ended, or this is not Linux.
    }
  }
  return Math.ceil((ownKilobytes + fileKilobytes) / 1024);
}

function readKilobytes(status: string, name: string): number {
  return Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(status)?.[1] ?? 0);
}

/** Writes once per generation that Lambda would have killed these processes: nothing limits their memory here. */
export function warnOfMemory(platform: Platform, generation: Generation, usedMb: number): void {
  const { memorySizeMb } = platform.settings;
  if (generation.isMemoryTold || usedMb <= memorySizeMb) return;
  generation.isMemoryTold = true;
  platform.write(
    "platform",
    "platform",
    `${usedMb} MB used of ${memorySizeMb} MB (MemorySize): on Lambda this ends with Runtime.ExitError, "Runtime exited with error: signal: killed". ` +
      "Nothing limits it here: raise MemorySize, or use less",
  );
}
