import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** Resident memory of one process, shared pages included. Units: bytes. Errors: throws if the process has ended. */
export function residentBytes(pid: number): number {
  const [, kilobytes] = /^VmRSS:\s*(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return Number(kilobytes) * 1024;
}

/**
 * CPU time of one process: of its living threads, user and system. Units: milliseconds. It is not utime and stime of
 * `stat`: on many kernels they count only what a clock tick hits, and an INVOKE is shorter than the time between ticks.
 */
export function cpuMs(pid: number): number {
  const threads = readdirSync(`/proc/${pid}/task`);
  return threads.reduce(
    (sum, thread) => sum + Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "utf8").split(" ", 1)[0]) / 1e6,
    0,
  );
}

/** Open descriptors of one process. */
export function openDescriptors(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).length;
}

/** The pids of a process and of its living descendants. */
export function processTree(pid: number): readonly number[] {
  const children = readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
    readFileSync(`/proc/${pid}/task/${thread}/children`, "utf8")
      .split(" ")
      .filter((text) => text !== ""),
  );
  return [pid, ...children.flatMap((child) => processTree(Number(child)))];
}

/** The number of mounts that the processes see; each mount namespace counts once. */
export function mountsOf(pids: readonly number[]): number {
  const namespaces = new Map(pids.map((pid) => [readlinkSync(`/proc/${pid}/ns/mnt`), pid]));
  return [...namespaces.values()].reduce(
    (sum, pid) => sum + readFileSync(`/proc/${pid}/mounts`, "utf8").split("\n").length - 1,
    0,
  );
}
