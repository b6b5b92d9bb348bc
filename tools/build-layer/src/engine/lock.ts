import { lstatSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { codeOf } from "../file-error.ts";

const pollMs = 100;
/** Longer than any download: a lock this old was left by a process of another machine or container. */
const staleMs = 15 * 60_000;
/** Longer than it takes to write a number: a process that was killed leaves an empty lock. */
const emptyMs = 5000;

/**
 * Runs `work` when no other process runs it, so that the later process finds it done. This saves time and guarantees
 * nothing: the lock of a process that is gone does not count, and two processes that see this at once both go on. So
 * `work` must write aside and move the result into place.
 * Errors: those of `work`, and of the file system.
 */
export async function withLock<T>(lockFile: string, work: () => Promise<T>): Promise<T> {
  while (!take(lockFile)) {
    if (isStale(lockFile)) rmSync(lockFile, { recursive: true, force: true });
    else await sleep(pollMs);
  }
  try {
    return await work();
  } finally {
    rmSync(lockFile, { force: true });
  }
}

function take(lockFile: string): boolean {
  try {
    writeFileSync(lockFile, String(process.pid), { flag: "wx" });
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    // A full disk leaves an empty file: later builds would take it for one that is being written.
    rmSync(lockFile, { force: true });
    throw error;
  }
}

function isStale(lockFile: string): boolean {
  try {
    const there = lstatSync(lockFile);
    if (!there.isFile()) return true; // to open a pipe would wait for its other end
    const ageMs = Math.abs(Date.now() - there.mtimeMs); // clocks of two machines may differ
    const text = readFileSync(lockFile, "utf8");
    if (text === "") return ageMs > emptyMs; // else it is being written
    const owner = Number(text);
    if (ageMs > staleMs || !Number.isInteger(owner) || owner <= 0) return true;
    process.kill(owner, 0);
    return false;
  } catch (error) {
    return codeOf(error) === "ESRCH";
  }
}
