import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readTar } from "./read-tar.ts";

test("reads what tar writes: empty, block-sized and odd files, in deep folders", () => {
  const folder = mkdtempSync(join(tmpdir(), "tar test "));
  try {
    const deep = `${"d".repeat(60)}/${"e".repeat(60)}`;
    mkdirSync(join(folder, "package", deep), { recursive: true });
    const contents = new Map([
      ["package/empty", ""],
      ["package/block", "b".repeat(512)],
      ["package/odd", "o".repeat(1000)],
      [`package/${deep}/file`, "deep"],
    ]);
    for (const [path, content] of contents) writeFileSync(join(folder, path), content);
    const archive = execFileSync("tar", ["--format=ustar", "-cf", "-", "package"], { cwd: folder });
    const read = new Map([...readTar(archive)].map(([path, bytes]) => [path, new TextDecoder().decode(bytes)]));
    expect(read).toEqual(contents);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("refuses what is no archive", () => {
  expect(() => readTar(new TextEncoder().encode("<html>".repeat(200)))).toThrow(/expected a tar archive/);
});
