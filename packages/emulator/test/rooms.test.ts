import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { expect, test } from "vitest";

const source = join(import.meta.dirname, "../src");

/**
 * The folders from bottom to top, as docs/architecture.md has them: each imports from those before it only. Lint finds
 * circles of files, in every package.
 */
const rooms = [
  ["problems"],
  ["files", "process"],
  ["history"],
  ["options"],
  ["template", "telemetry", "namespace"],
  ["state", "cpu-share"],
  ["api", "phases"],
  ["environment"],
  ["conformance/trial"],
  ["conformance/checks"],
  ["conformance", "host"],
  ["project", "tell/page", "tell"],
  ["serve", "watch"],
  ["cli"],
  // index.ts and main.ts
  ["."],
];

/** Each file of the source with the files that it imports, types too; all relative to the source. */
const imports = new Map(
  readdirSync(source, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => {
      const text = readFileSync(join(source, file), "utf8");
      const found = [...text.matchAll(/(?:from|import\()\s*"(\.[^"]+)"/g)].map(([, path]) => path ?? "");
      return [file, found.map((path) => relative(source, join(source, dirname(file), path)))] as const;
    }),
);

function floorOf(file: string): number {
  return rooms.findIndex((floor) => floor.includes(dirname(file)));
}

test("every file stands in a room", () => {
  expect([...imports.keys()].filter((file) => floorOf(file) === -1)).toEqual([]);
});

test("no file imports from a room above its own or beside it", () => {
  const wrong = [...imports].flatMap(([file, targets]) =>
    targets
      .filter((target) => !target.startsWith("../test/") && dirname(target) !== dirname(file))
      .filter((target) => floorOf(target) >= floorOf(file))
      .map((target) => `${file} → ${target}`),
  );
  expect(wrong).toEqual([]);
});
