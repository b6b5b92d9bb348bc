import { readFileSync } from "node:fs";

/** A measurement, and whether it had the machine to itself. */
export interface QuietResult<T> {
  readonly value: T;
  /** False if other programs disturbed every attempt: then `value` is of the attempt that they disturbed least. */
  readonly isQuiet: boolean;
}

/** Other programs may use this share of all CPUs. */
const disturbedShare = 0.05;
const attempts = 3;

/**
 * Measures again, twice at most, if other programs used the CPUs meanwhile. It looks only at their CPU time, never at
 * the figure, so it does not choose the figure. Units: `othersMs` returns their CPU time so far, in milliseconds.
 */
export async function inQuiet<T>(
  othersMs: () => number,
  cpus: number,
  measure: () => Promise<T>,
): Promise<QuietResult<T>> {
  let best: { readonly value: T; readonly share: number } | undefined;
  for (let attempt = 0; attempt < attempts; attempt++) {
    const from = { at: performance.now(), others: othersMs() };
    const value = await measure();
    const share = (othersMs() - from.others) / (performance.now() - from.at) / cpus;
    if (share <= disturbedShare) return { value, isQuiet: true };
    if (best === undefined || share < best.share) best = { value, share };
  }
  if (best === undefined) throw new Error("BUG: no attempt was made");
  return { value: best.value, isQuiet: false };
}

/**
 * CPU time that all processes but `own` used since the machine started, with the time that the hypervisor gave to other
 * machines. Ended children of `own` count as `own`. Units: milliseconds.
 */
export function othersCpuMs(own: readonly number[]): number {
  const [, ...ticks] = readFileSync("/proc/stat", "utf8").split("\n", 1).join("").split(/ +/);
  const [user = 0, nice = 0, system = 0, , , irq = 0, softIrq = 0, steal = 0] = ticks.map(Number);
  return (user + nice + system + irq + softIrq + steal - own.reduce((sum, pid) => sum + ticksOf(pid), 0)) * msPerTick;
}

/** `USER_HZ`: 100 on every Linux that Node.js runs on. */
const msPerTick = 10;

/** User and system, its own and its ended children's. Source: proc_pid_stat(5), fields 14 to 17. */
function ticksOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const afterName = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return afterName.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0);
}
