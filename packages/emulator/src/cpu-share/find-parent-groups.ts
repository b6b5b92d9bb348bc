import { join } from "node:path";

/** A control group of this machine. A group with a limit of CPU time may be made below it. */
export interface ParentGroup {
  readonly version: 1 | 2;
  readonly folder: string;
}

/**
 * The groups that may limit CPU time below them, nearest first. Only one version has the controller: version 1 if its
 * cpu hierarchy is mounted. Takes the texts of /proc/self/mounts and /proc/self/cgroup.
 * Source: https://man7.org/linux/man-pages/man7/cgroups.7.html
 */
export function findParentGroups({
  mounts,
  memberships,
}: {
  readonly mounts: string;
  readonly memberships: string;
}): readonly ParentGroup[] {
  const mounted = mounts.split("\n").map((line) => line.split(" "));
  const groups = memberships.split("\n").map((line) => /^\d+:([^:]*):(.*)$/.exec(line) ?? []);
  const cpu = mounted.find(([, , type, options]) => type === "cgroup" && options?.split(",").includes("cpu"));
  if (cpu?.[1] !== undefined) {
    const own = groups.find(([, controllers]) => controllers?.split(",").includes("cpu"))?.[2] ?? "/";
    return toParents(1, cpu[1], [own, "/"]);
  }
  const unified = mounted.find(([, , type]) => type === "cgroup2")?.[1];
  if (unified === undefined) return [];
  const own = groups.find(([, controllers]) => controllers === "")?.[2] ?? "/";
  const names = own.split("/").filter((name) => name !== "");
  // A group with processes gives its children no controllers, so mostly a group further up does.
  return toParents(2, unified, [...names.map((_, index) => `/${names.slice(0, names.length - index).join("/")}`), "/"]);
}

/** Leaves out paths that lead out of the mount, as inside a container. */
function toParents(version: 1 | 2, mountPoint: string, paths: readonly string[]): readonly ParentGroup[] {
  const inside = paths.filter((path) => !path.split("/").includes(".."));
  return [...new Set(inside)].map((path) => ({ version, folder: path === "/" ? mountPoint : join(mountPoint, path) }));
}
