import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { checkLayer } from "./check-layer.ts";
import { checkPaths, checkSum } from "./check-layers.ts";
import type { LayersCheck, NamedLayer } from "./check-layers.ts";
import type { TreeEntry } from "./layer-tree.ts";

const mib = 1024 * 1024;
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const elf = (machine: number): Uint8Array =>
  Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, ...Array<number>(14).fill(0), machine, 0);
const file = (path: string, head: string | Uint8Array = "", size = 10): TreeEntry => ({
  kind: "file",
  path,
  mode: 0o755,
  size,
  head: typeof head === "string" ? bytes(head) : head,
});
const extension = (name: string): TreeEntry => file(`extensions/${name}`, "#!/bin/sh\n");
const layer = (path: string, ...entries: readonly TreeEntry[]): NamedLayer => ({ path, entries });
const sumOf = (...layers: readonly NamedLayer[]): LayersCheck["sum"] =>
  checkSum(
    layers,
    layers.map(({ entries }) => checkLayer(entries, undefined)),
  );

test("adds up layers that go together", () => {
  const folder: TreeEntry = { kind: "folder", path: "lib", mode: 0o755 };
  const license = file("lib/LICENSE", "the same text");
  expect(
    sumOf(
      layer("a", extension("a"), folder, license, file("a/run", elf(62))),
      layer("b.zip", extension("b"), folder, license, file(".DS_Store", "1")),
      layer("c", extension("c"), file(".DS_Store", "2"), file("c/run", elf(62)), file("c/arm", elf(183))),
    ),
  ).toEqual({ problems: [], extensions: ["a", "b", "c"], unzippedBytes: 100 });
});

const large = (name: string): NamedLayer => layer(name, extension(name), file(`${name}/data`, "", 130 * mib));
const many = (name: string): NamedLayer =>
  layer(name, ...Array.from({ length: 6 }, (_, index) => extension(`${name}${index}`)));

test.each<[string, readonly NamedLayer[], readonly unknown[]]>([
  [
    "more than Lambda takes, though each fits",
    [large("a"), large("b")],
    [`expected at most 262144000 bytes unzipped, which is Lambda's limit, got ${260 * mib + 20}`],
  ],
  [
    "more layers than Lambda takes",
    ["a", "b", "c", "d", "e", "f"].map((name) => layer(name, extension(name))),
    ["expected at most 5 layers, which is Lambda's limit, got 6"],
  ],
  [
    "more extensions than Lambda starts, though each has fewer",
    [many("a"), many("b")],
    ["expected at most 10 extensions, which is Lambda's limit, got 12"],
  ],
  [
    "an extension's name twice, also with the same launcher",
    [layer("a", extension("x")), layer("b", extension("x"))],
    [
      "extensions/x: expected in one layer, got it in a and b: Lambda starts only that of b: give one of the extensions another name",
    ],
  ],
  [
    "other bytes at the same path",
    [
      layer("a", extension("a"), ...["1", "2", "3", "4", "5"].map((name) => file(`x/${name}`, "old"))),
      layer("b", extension("b"), ...["1", "2", "3", "4", "5"].map((name) => file(`x/${name}`, "new"))),
    ],
    [
      "x/1, x/2, x/3 and 2 more: expected in one layer, or with the same bytes, got others in b than in a: Lambda keeps only those of b: put them at another path in one layer",
    ],
  ],
  [
    "a file where the other has a folder",
    [layer("a", extension("a"), { kind: "folder", path: "lib", mode: 0o755 }), layer("b", extension("b"), file("lib"))],
    [expect.stringMatching(/^lib: expected in one layer/)],
  ],
  [
    "a file where the other, a zip, has a folder without an entry",
    [layer("a.zip", extension("a"), file("lib/data")), layer("b", extension("b"), file("lib"))],
    [expect.stringMatching(/^lib: expected in one layer/)],
  ],
  [
    "a link to another place",
    [
      layer("a", extension("a"), file("a/run"), { kind: "link", path: "run", target: "a/run" }),
      layer("b", extension("b"), file("b/run"), { kind: "link", path: "run", target: "b/run" }),
    ],
    [expect.stringMatching(/^run: expected in one layer/)],
  ],
  [
    "programs for two architectures",
    [layer("a", extension("a"), file("a/run", elf(62))), layer("b", extension("b"), file("b/run", elf(183)))],
    ["expected programs for one architecture, got those for x86_64 in a and for arm64 in b"],
  ],
])("finds %s", (_what, layers, problems) => {
  expect(sumOf(...layers).problems).toEqual(problems);
});

test("takes a layer of libraries beside one with an extension, and finds one that was packed one folder too high", async () => {
  const folder = mkdtempSync(join(tmpdir(), "layers test "));
  const write = (path: string, text: string): string => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text, { mode: 0o755 });
    return join(folder, path.split("/")[0] ?? "");
  };
  const own = write("own/extensions/x", "#!/bin/sh\n");
  const python = write("python/python/extensions/__init__.py", "import os\n");
  const high = write("high/layer/extensions/y", "#!/bin/sh\n");
  const problemsOf = async (...paths: readonly string[]): Promise<readonly string[]> => {
    const { layers, sum } = await checkPaths(paths, undefined);
    return [...layers.flatMap(({ problems }) => problems), ...sum.problems];
  };
  expect(await problemsOf(own, python)).toEqual([]);
  expect(await problemsOf(own, high)).toEqual([expect.stringContaining("; there is layer/extensions/y: pack")]);
  expect(await problemsOf(python, write("more/lib/data", ""))).toEqual([
    "extensions/: expected an extension in one of the layers, got none",
  ]);
  expect(await problemsOf(python)).toEqual([expect.stringMatching(/^extensions\/: expected an extension, got none/)]);
  rmSync(folder, { recursive: true });
});
