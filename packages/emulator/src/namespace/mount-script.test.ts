import { expect, test } from "vitest";
import { mountScript, mountTable } from "./mount-script.ts";
import type { Mount } from "./mount-script.ts";

const mounts: readonly Mount[] = [
  { kind: "bind", from: "/home/me/my code", to: "/var/task", isReadOnly: true },
  { kind: "hide", folder: "/usr/bin", names: ["node"], workFolder: "/w/hidden", emptyFile: "/w/empty" },
  { kind: "bind", from: "/a\\b\tc", to: "/opt" },
  { kind: "full", folder: "/tmp" },
];

test("writes binds as fstab(5) wants them: blanks and backslashes in octal, in their order", () => {
  expect(mountTable(mounts)).toBe(
    "/home/me/my\\040code /var/task none rbind,ro 0 0\n/a\\134b\\011c /opt none rbind 0 0\n",
  );
});

test("mounts with one command, or one by one, where a bind may stay writable and says so", () => {
  const table = mountScript(mounts, { kind: "table", file: "/w/mounts" });
  expect(table.match(/^mount .*$/gm)).toEqual([
    "mount --all --fstab '/w/mounts'",
    "mount -t tmpfs -o size=4k,mode=1777 tmpfs '/tmp'",
  ]);
  const single = mountScript(mounts, { kind: "one-by-one" });
  expect(single).toContain("mount -o rbind,ro '/home/me/my code' '/var/task' 2>/dev/null || {");
  expect(single).toContain("echo 'writable /var/task'");
  expect(single).toContain("mount --rbind '/a\\b\tc' '/opt'");
});

test("hides before it binds, since a bind may cover what is needed for that, and fills last", () => {
  const script = mountScript(mounts, { kind: "table", file: "/w/mounts" });
  const places = ["mknod '/w/hidden/node'", "mount --all", "mount -t tmpfs", "echo ready"].map((text) =>
    script.indexOf(text),
  );
  expect(places.every((place) => place >= 0)).toBe(true);
  expect(places).toEqual(places.toSorted((a, b) => a - b));
});
