import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { copyFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { writeFolder } from "./folder.ts";
import type { Content, LayerFile } from "./layer-file.ts";

let scratch = "";
const umask = process.umask();
beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), "folder test "));
});
afterEach(() => {
  process.umask(umask);
  rmSync(scratch, { recursive: true });
});

const modified = new Date("1986-01-01T00:00:00Z");
const largeFile = (path: string, size: number): Content => ({
  kind: "file",
  path,
  size,
  modified,
  copyTo: (target) => copyFile(path, target),
  verified: () => Promise.reject(new Error("not for a folder")),
  deflated: () => Promise.reject(new Error("not for a folder")),
});

test("sets modes and times outright, whatever the umask", async () => {
  const source = join(scratch, "runtime");
  writeFileSync(source, "binary");
  process.umask(0o077);
  const target = join(scratch, "layer");
  await writeFolder(target, [
    { path: "extensions/x", mode: 0o755, content: { kind: "bytes", bytes: new TextEncoder().encode("#!/bin/bash") } },
    {
      path: "x/bin/node",
      mode: 0o755,
      content: largeFile(source, 6),
    },
    { path: "x/index.cjs", mode: 0o644, content: { kind: "bytes", bytes: new Uint8Array() } },
  ]);
  const seen = ["", "extensions", "extensions/x", "x/bin/node", "x/index.cjs"].map((path) => {
    const { mode, mtime } = statSync(join(target, path));
    return [path, (mode & 0o777).toString(8), mtime.toISOString()];
  });
  const time = "1985-10-26T08:15:00.000Z";
  expect(seen).toEqual([
    ["", "755", time],
    ["extensions", "755", time],
    ["extensions/x", "755", time],
    ["x/bin/node", "755", modified.toISOString()],
    ["x/index.cjs", "644", time],
  ]);
  expect(readFileSync(join(target, "x/bin/node"), "utf8")).toBe("binary");
});

test("takes a large file from the folder that it replaces, unless that was changed, cut short or is of another engine", async () => {
  const source = join(scratch, "runtime");
  writeFileSync(source, "binary");
  const folder = (name: string): string => join(scratch, name);
  const inodeOf = (name: string): number => statSync(folder(name)).ino;
  const files: readonly LayerFile[] = [{ path: "node", mode: 0o755, content: largeFile(source, 6) }];
  await writeFolder(folder("first"), files);
  await writeFolder(folder("second"), files, folder("first"));
  expect(inodeOf("second/node")).toBe(inodeOf("first/node"));

  writeFileSync(join(folder("second"), "node"), "BINARY"); // the first one too
  await writeFolder(folder("third"), files, folder("second"));
  writeFileSync(join(folder("second"), "node"), "short");
  utimesSync(join(folder("second"), "node"), modified, modified);
  await writeFolder(folder("fourth"), files, folder("second"));
  await writeFolder(folder("fifth"), files, folder("nowhere"));
  for (const name of ["third", "fourth", "fifth"]) {
    expect(readFileSync(join(folder(name), "node"), "utf8")).toBe("binary");
  }
});

test("links to no file whose mode was changed since", async () => {
  const source = join(scratch, "runtime");
  writeFileSync(source, "binary");
  const files: readonly LayerFile[] = [{ path: "x/bin/node", mode: 0o755, content: largeFile(source, 6) }];
  const previous = join(scratch, "previous");
  await writeFolder(previous, files);
  chmodSync(join(previous, "x/bin/node"), 0o4700);
  await writeFolder(join(scratch, "layer"), files, previous);
  expect(statSync(join(scratch, "layer/x/bin/node")).mode & 0o7777).toBe(0o755);
});
