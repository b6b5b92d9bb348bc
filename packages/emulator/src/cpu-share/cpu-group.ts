import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { shellQuote } from "../namespace/shell-quote.ts";
import { findParentGroups } from "./find-parent-groups.ts";
import type { ParentGroup } from "./find-parent-groups.ts";

/** A control group whose processes share a limit of CPU time. */
export interface CpuGroup {
  /** The command that runs another one in the group, its children included. */
  enter(argv: readonly string[]): readonly string[];
  /** Kills who is left in the group and removes it; idempotent. */
  close(): Promise<void>;
}

/** Either the group or why there is none. */
export type CpuGroupOutcome =
  | { readonly kind: "ready"; readonly group: CpuGroup }
  | { readonly kind: "refused"; readonly reason: string };

/** Lambda's own period: a small share comes in many short slices. Units: microseconds. */
const periodUs = 20_000;

/**
 * Makes a group in the nearest place that this process may write to. It is removed when this process ends, however that
 * comes.
 */
export async function openCpuGroup(vcpus: number): Promise<CpuGroupOutcome> {
  const parents = readParentGroups();
  let reason = "no control group of this machine passes the cpu controller on";
  for (const parent of parents) {
    const outcome = await startKeeper(parent, vcpus);
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

/** Of version 2 a group says so in a file; a switch turned here would stay turned. */
function passesCpuOn({ version, folder }: ParentGroup): boolean {
  if (version === 1) return true;
  return readFileSync(join(folder, "cgroup.subtree_control"), "utf8").split(/\s/).includes("cpu");
}

/** The group is made, tried and removed by a shell that sees this process end. */
function startKeeper(parent: ParentGroup, vcpus: number): Promise<CpuGroupOutcome> {
  const group = join(parent.folder, `lambda-emulator-${randomUUID()}`);
  const members = join(group, "cgroup.procs");
  const child = spawn("sh", ["-c", keeperScript(parent, group, vcpus)], {
    cwd: "/",
    detached: true,
    stdio: ["pipe", "pipe", "pipe"],
  });
  child.stdin.on("error", () => {});
  let errors = "";
  child.stderr.on("data", (chunk: Buffer) => (errors += chunk.toString()));
  const ended = new Promise<void>((resolve) => {
    child.once("close", () => resolve());
    child.once("error", () => resolve());
  });
  const close = async (): Promise<void> => {
    child.stdin.end();
    await ended;
  };
  return new Promise((resolve) => {
    child.stdout.once("data", () => {
      // The shell tells its own folder in variables that were not there before.
      const enter = (argv: readonly string[]) => [
        "/bin/sh",
        "-c",
        'echo $$ > "$0"; unset PWD OLDPWD SHLVL; exec "$@"',
        members,
        ...argv,
      ];
      resolve({ kind: "ready", group: { enter, close } });
    });
    void ended.then(() => resolve({ kind: "refused", reason: errors.trim() || "sh is missing" }));
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
    // A group may be ours to make and yet not ours to move a process into.
    `{ mkdir "$group" && ${limits.map(([name, value]) => `echo ${value} > ${path(name)}`).join(" && ")} && sh -c 'echo $$ > "$0"' ${members}; } || { remove; exit 1; }`,
    "echo ready",
    "while read -r _; do :; done",
    "remove",
  ].join("\n");
}
