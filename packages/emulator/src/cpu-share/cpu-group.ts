import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { shellQuote, startKeeper } from "../process/keeper.ts";
import { findParentGroups } from "./find-parent-groups.ts";
import type { ParentGroup } from "./find-parent-groups.ts";

/** A control group whose processes share a limit of CPU time. */
export interface CpuGroup {
  /** The command that runs another one in the group, its children included. */
  enter(argv: readonly string[]): readonly string[];
  /** Kills every process in the group and removes the group; idempotent. */
  close(): Promise<void>;
}

/** The group, or why this machine refuses one. */
export type CpuGroupOutcome =
  | { readonly kind: "ready"; readonly group: CpuGroup }
  | { readonly kind: "refused"; readonly reason: string };

/** Lambda's own period. With it, a small share is many short slices. Units: microseconds. */
const periodUs = 20_000;

/** Makes a group in the nearest place that this process may write to. The group goes when this process ends. */
export async function openCpuGroup(vcpus: number): Promise<CpuGroupOutcome> {
  const parents = readParentGroups();
  let reason = "no control group of this machine passes the cpu controller on";
  for (const parent of parents) {
    const outcome = await tryGroup(parent, vcpus);
    if (outcome.kind === "ready") return outcome;
    reason = outcome.reason;
  }
  return { kind: "refused", reason };
}

function readParentGroups(): readonly ParentGroup[] {
  try {
    const mounts = readFileSync("/proc/self/mounts", "utf8");
    const memberships = readFileSync("/proc/self/cgroup", "utf8");
    return findParentGroups({ mounts, memberships }).filter((parent) => passesCpuOn(parent));
  } catch {
    // No /proc: not Linux.
    return [];
  }
}

/** In version 2 a file of the group has the answer. The emulator does not change this file: the change would stay. */
function passesCpuOn({ version, folder }: ParentGroup): boolean {
  if (version === 1) return true;
  return readFileSync(join(folder, "cgroup.subtree_control"), "utf8").split(/\s/).includes("cpu");
}

/** A shell makes, tries and removes the group: it sees this process end. */
function tryGroup(parent: ParentGroup, vcpus: number): Promise<CpuGroupOutcome> {
  const group = join(parent.folder, `lambda-emulator-${randomUUID()}`);
  // The shell sets its own folder in variables that were not there before.
  const enterScript = 'echo $$ > "$0"; unset PWD OLDPWD SHLVL; exec "$@"';
  const enter = (argv: readonly string[]) => ["/bin/sh", "-c", enterScript, join(group, "cgroup.procs"), ...argv];
  return new Promise((resolve) => {
    const keeper = startKeeper(keeperScript(parent, group, vcpus), () =>
      resolve({ kind: "ready", group: { enter, close: () => keeper.close() } }),
    );
    void keeper.ended.then((errors) => resolve({ kind: "refused", reason: errors || "sh is missing" }));
  });
}

function keeperScript({ version }: ParentGroup, group: string, vcpus: number): string {
  const quotaUs = Math.round(vcpus * periodUs);
  const limits: readonly (readonly [string, string])[] =
    version === 1
      ? [
          ["cpu.cfs_period_us", String(periodUs)],
          ["cpu.cfs_quota_us", String(quotaUs)],
        ]
      : [["cpu.max", `${quotaUs} ${periodUs}`]];
  const path = (name: string): string => shellQuote(join(group, name));
  const members = path("cgroup.procs");
  return [
    `group=${shellQuote(group)}`,
    "remove() {",
    '  while [ -d "$group" ] && ! rmdir "$group" 2>/dev/null; do',
    `    for pid in $(cat ${members}); do kill -KILL "$pid"; done 2>/dev/null`,
    "    sleep 0.02",
    "  done",
    "}",
    // The right to make a group is not the right to move a process into it.
    `{ mkdir "$group" && ${limits.map(([name, value]) => `echo ${value} > ${path(name)}`).join(" && ")} && sh -c 'echo $$ > "$0"' ${members}; } || { remove; exit 1; }`,
    "echo ready",
    "while read -r _; do :; done",
    "remove",
  ].join("\n");
}
