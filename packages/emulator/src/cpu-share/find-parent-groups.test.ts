import { expect, test } from "vitest";
import { findParentGroups } from "./find-parent-groups.ts";

const v1 = (mountPoint: string) =>
  `tmpfs /sys/fs/cgroup tmpfs rw 0 0\ncgroup ${mountPoint} cgroup rw,relatime,cpu,cpuacct 0 0\n`;
const v2 = "sysfs /sys sysfs rw 0 0\ncgroup2 /sys/fs/cgroup cgroup2 rw,nsdelegate 0 0\n";
const hybrid = `${v1("/sys/fs/cgroup/cpu,cpuacct")}cgroup2 /sys/fs/cgroup/unified cgroup2 rw 0 0\n`;

test.each([
  [
    "version 1: the own group, then the topmost",
    v1("/sys/fs/cgroup/cpu"),
    "3:cpu,cpuacct:/ci/job\n0::/\n",
    ["/sys/fs/cgroup/cpu/ci/job", "/sys/fs/cgroup/cpu"],
    1,
  ],
  ["version 1 at the top: once", v1("/sys/fs/cgroup/cpu"), "3:cpu,cpuacct:/\n", ["/sys/fs/cgroup/cpu"], 1],
  [
    "both versions: the one that has the controller",
    hybrid,
    "3:cpu,cpuacct:/\n0::/user\n",
    ["/sys/fs/cgroup/cpu,cpuacct"],
    1,
  ],
  [
    "version 2: from the own group up",
    v2,
    "0::/user.slice/app.slice\n",
    ["/sys/fs/cgroup/user.slice/app.slice", "/sys/fs/cgroup/user.slice", "/sys/fs/cgroup"],
    2,
  ],
  ["version 2 in a container that sees its own tree alone", v2, "0::/../../job\n", ["/sys/fs/cgroup"], 2],
  ["no control groups", "sysfs /sys sysfs rw 0 0\n", "", [], 0],
  ["version 1 without the controller", "cgroup /sys/fs/cgroup/memory cgroup rw,memory 0 0\n", "4:memory:/\n", [], 0],
] as const)("%s", (_, mounts, memberships, folders, version) => {
  const found = findParentGroups({ mounts, memberships });
  expect(found.map(({ folder }) => folder)).toEqual(folders);
  for (const parent of found) expect(parent.version).toBe(version);
});
