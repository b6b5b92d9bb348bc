import { existsSync, mkdirSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** A limit of CPU time for processes. */
export interface CpuQuota {
  /** Limits a process, and what it starts afterwards. */
  add(pid: number): void;
  /** To be called when all of its processes have ended. */
  close(): void;
}

/** A short period: in a long one, a small share comes in a few long bursts. Units: microseconds. */
const periodUs = 20_000;

/** Makes a control group, which takes root and cgroup v1 or v2. Errors: returns the reason if it cannot be made. */
export function openCpuQuota(vcpus: number): CpuQuota | { readonly unavailable: string } {
  const isV1 = existsSync("/sys/fs/cgroup/cpu/cpu.cfs_quota_us") || existsSync("/sys/fs/cgroup/cpu/cgroup.procs");
  const group = join(isV1 ? "/sys/fs/cgroup/cpu" : "/sys/fs/cgroup", `lambda-extension-bench-${process.pid}`);
  const quotaUs = Math.round(vcpus * periodUs);
  try {
    mkdirSync(group);
  } catch (error) {
    return unavailable(error);
  }
  try {
    if (isV1) {
      writeFileSync(join(group, "cpu.cfs_period_us"), String(periodUs));
      writeFileSync(join(group, "cpu.cfs_quota_us"), String(quotaUs));
    } else {
      writeFileSync(join(group, "cpu.max"), `${quotaUs} ${periodUs}`);
    }
  } catch (error) {
    rmdirSync(group);
    return unavailable(error);
  }
  return {
    add: (pid) => writeFileSync(join(group, "cgroup.procs"), String(pid)),
    close: () => rmdirSync(group),
  };
}

function unavailable(error: unknown): { readonly unavailable: string } {
  return { unavailable: error instanceof Error ? error.message : String(error) };
}
