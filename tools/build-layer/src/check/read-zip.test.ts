import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { zipSync } from "fflate";
import { afterEach, beforeEach, expect, test } from "vitest";
import { checkLayer } from "./check-layer.ts";
import { readZip } from "./read-zip.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "zip test "));
});
afterEach(() => rmSync(folder, { recursive: true }));

const script = new TextEncoder().encode("#!/bin/bash\n");

/** A zip made on Unix. `type` is a file's type and mode. */
function zip(files: Readonly<Record<string, number>>): Uint8Array {
  return zipSync(
    Object.fromEntries(
      Object.entries(files).map(([path, type]) => [path, [script, { os: 3, attrs: type * 0x10000, level: 0 }]]),
    ),
  );
}

function write(bytes: Uint8Array): string {
  const path = join(folder, "layer.zip");
  writeFileSync(path, bytes);
  return path;
}

const problemsOf = async (bytes: Uint8Array): Promise<readonly string[]> =>
  checkLayer(await readZip(write(bytes)), undefined).problems;

test("reads a layer, also where every path begins with ./", async () => {
  expect(await problemsOf(zip({ "./extensions/x": 0o100755 }))).toEqual([]);
});

const whole = zip({ "extensions/x": 0o100755 });
const damaged = whole.map((byte, index) => (index === 30 + "extensions/x".length ? byte ^ 1 : byte));

test.each<[string, Uint8Array, RegExp]>([
  ["an empty file", new Uint8Array(), /got End of central directory/],
  ["text", script, /got End of central directory/],
  ["a zip that was cut short", whole.subarray(0, 60), /got End of central directory/],
  ["a zip with other bytes than were packed", damaged, /got other bytes in extensions\/x than were packed/],
  [
    "a path that leads out",
    zip({ "../../etc/passwd": 0o100644 }),
    /got invalid relative path: \.\.\/\.\.\/etc\/passwd/,
  ],
  ["an absolute path", zip({ "/etc/passwd": 0o100644 }), /got absolute path: \/etc\/passwd/],
  ["a path with backslashes", zip({ "extensions\\x": 0o100755 }), /got invalid characters in fileName: extensions\\x/],
])("refuses %s", async (_what, bytes, message) => {
  await expect(readZip(write(bytes))).rejects.toThrow(message);
});

test("reads special bits, and gives entries without a mode those of Lambda", async () => {
  const modes = zip({ "extensions/x": 0o104755, "x/": 0o042755, "y/": 0, "y/file": 0 });
  expect((await readZip(write(modes))).map((entry) => [entry.path, "mode" in entry && entry.mode])).toEqual([
    ["extensions/x", 0o4755],
    ["x", 0o2755],
    ["y", 0o755],
    ["y/file", 0o644],
  ]);
});

test("names a pipe or a device, and what is there twice", async () => {
  expect(await problemsOf(zip({ "extensions/x": 0o100755, "x/pipe": 0o010644 }))).toEqual([
    "x/pipe: expected a file, a folder or a link, got a device, a pipe or a socket",
  ]);
  const entries = await readZip(write(whole));
  expect(checkLayer([...entries, ...entries], undefined).problems).toContain(
    "extensions/x: expected once, got it twice",
  );
});
