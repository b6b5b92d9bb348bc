import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { withLock } from "./lock.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lock test "));
});
afterEach(() => rmSync(folder, { recursive: true }));

test("lets one in at a time, and the next one after a failure too", async () => {
  const lock = join(folder, "lock");
  let inside = 0;
  const order: string[] = [];
  const work = (name: string) => async (): Promise<void> => {
    inside += 1;
    expect(inside).toBe(1);
    await new Promise((resolve) => setImmediate(resolve));
    order.push(name);
    inside -= 1;
    if (name === "first") throw new Error("first fails");
  };
  const results = await Promise.allSettled([withLock(lock, work("first")), withLock(lock, work("second"))]);
  expect(results.map(({ status }) => status)).toEqual(["rejected", "fulfilled"]);
  expect(order).toEqual(["first", "second"]);
  expect(existsSync(lock)).toBe(false);
});

const canMount = spawnSync("unshare", ["-Urm", "true"]).status === 0;

test.runIf(canMount)("leaves no empty lock on a full disk, for which later builds would wait", () => {
  const disk = join(folder, "disk");
  mkdirSync(disk);
  const script = `mount -t tmpfs -o size=4k tmpfs "$0" && { cat /dev/zero > "$0/fill" 2>/dev/null
    "$1" --input-type=module --eval "$2" "$0/lock" "$3"; ls -A "$0"; }`;
  const program = `const { withLock } = await import(process.argv[2]);
    await withLock(process.argv[1], async () => {}).catch((error) => console.log(error.code));`;
  const args = [disk, process.execPath, program, new URL("lock.ts", import.meta.url).href];
  const { stdout } = spawnSync("unshare", ["-Urm", "bash", "-c", script, ...args], { encoding: "utf8" });
  expect(stdout).toBe("ENOSPC\nfill\n");
});

test("passes over the lock of a process that is gone", async () => {
  const lock = join(folder, "lock");
  const { pid } = spawnSync("true");
  writeFileSync(lock, String(pid));
  expect(await withLock(lock, async () => "done")).toBe("done");
});

const minuteAgo = new Date(Date.now() - 60_000);

test.each<[string, (path: string) => void]>([
  ["a file without a number", (path) => writeFileSync(path, "abc")],
  ["a number of no process", (path) => writeFileSync(path, "-1")],
  [
    "the empty file of a process that was killed",
    (path) => {
      writeFileSync(path, "");
      utimesSync(path, minuteAgo, minuteAgo);
    },
  ],
  ["a folder", (path) => mkdirSync(join(path, "inner"), { recursive: true })],
  ["a link to nothing", (path) => symlinkSync("nothing", path)],
  ["a pipe", (path) => spawnSync("mkfifo", [path])],
])("does not wait for %s", async (_what, make) => {
  const lock = join(folder, "lock");
  make(lock);
  expect(await withLock(lock, async () => "done")).toBe("done");
  expect(existsSync(lock)).toBe(false);
});
