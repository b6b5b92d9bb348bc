import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { explainMode, readFolderModes, readZipModes } from "./layer-modes.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "modes test "));
});
afterEach(() => rmSync(folder, { recursive: true }));

// `build-layer --check` has the same rules: the test of its check-layer.ts has this table too.
test.each([
  ["file", 0o644, true],
  ["file", 0o755, true],
  ["file", 0o604, true],
  ["file", 0o444, true],
  ["file", 0o640, false],
  ["file", 0o600, false],
  ["file", 0o751, false],
  ["file", 0o000, false],
  ["file", 0o4755, false],
  ["file", 0o2755, false],
  ["file", 0o1644, false],
  ["folder", 0o755, true],
  ["folder", 0o705, true],
  ["folder", 0o555, true],
  ["folder", 0o700, false],
  ["folder", 0o750, false],
  ["folder", 0o754, false],
  ["folder", 0o2755, false],
  ["folder", 0o1755, false],
] as const)("a %s of mode %o: %s", (kind, mode, isFine) => {
  expect(explainMode({ path: "x", isFolder: kind === "folder", mode }) === undefined).toBe(isFine);
});

test("reads the modes of files and folders, and not those of links", () => {
  mkdirSync(join(folder, "inner"));
  writeFileSync(join(folder, "inner/program"), "");
  chmodSync(join(folder, "inner/program"), 0o4711);
  chmodSync(join(folder, "inner"), 0o1750);
  symlinkSync("nowhere", join(folder, "link"));
  expect(readFolderModes(folder)).toEqual([
    { path: "inner", isFolder: true, mode: 0o1750 },
    { path: "inner/program", isFolder: false, mode: 0o4711 },
  ]);
});

test("reads the modes that the maker of a zip wrote, and gives an entry without a mode those of Lambda", async () => {
  const path = join(folder, "layer.zip");
  writeFileSync(
    path,
    zip([
      { name: "./inner/", attributes: 0o041700 },
      { name: "inner/program", attributes: 0o104711 },
      { name: "inner/link", attributes: 0o120777 },
      { name: "plain/", attributes: 0 },
      { name: "plain/file", attributes: 0 },
    ]),
  );
  expect(await readZipModes(path)).toEqual([
    { path: "inner", isFolder: true, mode: 0o1700 },
    { path: "inner/program", isFolder: false, mode: 0o4711 },
    { path: "plain", isFolder: true, mode: 0o755 },
    { path: "plain/file", isFolder: false, mode: 0o644 },
  ]);
});

/** A zip of empty entries, made on Unix. Source: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT */
function zip(entries: readonly { readonly name: string; readonly attributes: number }[]): Buffer {
  const local: Buffer[] = [];
  const central: Buffer[] = [];
  let offset = 0;
  for (const { name, attributes } of entries) {
    const head = Buffer.alloc(30);
    head.write("PK\u0003\u0004", 0, "latin1");
    head.writeUInt16LE(name.length, 26);
    const entry = Buffer.alloc(46);
    entry.write("PK\u0001\u0002", 0, "latin1");
    entry.writeUInt16LE(3 << 8, 4);
    entry.writeUInt16LE(name.length, 28);
    entry.writeUInt32LE(attributes * 0x10000, 38);
    entry.writeUInt32LE(offset, 42);
    local.push(head, Buffer.from(name));
    central.push(entry, Buffer.from(name));
    offset += head.length + name.length;
  }
  const end = Buffer.alloc(22);
  end.write("PK\u0005\u0006", 0, "latin1");
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(Buffer.concat(central).length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...local, ...central, end]);
}

test("ends in a layer whose links lead in circles", () => {
  const layer = mkdtempSync(join(tmpdir(), "circles "));
  for (const name of ["a", "b"]) symlinkSync(".", join(layer, name));
  expect(readFolderModes(layer)).toEqual([]);
  rmSync(layer, { recursive: true });
});
