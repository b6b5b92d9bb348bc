import { expect, test } from "vitest";
import type { Row } from "./row.ts";
import { toLine, toTable } from "./table.ts";

const row: Row = {
  name: "pino",
  packages: { pino: "10.4.0" },
  settings: { external: ["pino", "thread-stream"] },
  note: "a transport is a worker",
};
const trial = {
  kind: "built",
  isNeedless: false,
  engines: ">=20 || >=22",
  bundleBytes: 96_400,
  layerBytes: 1_250_000,
  problems: { "20": "it lacks it", "22": undefined, "24": undefined },
} as const;

test("writes a line for each package", () => {
  expect(toTable([{ row, trial }], ["20", "22", "24"]).split("\n")).toEqual([
    "| package | settings it needs | bundle | layer | Node 20 | Node 22 | Node 24 | asks for Node | note |",
    "|---|---|--:|--:|---|---|---|---|---|",
    '| `pino` 10.4.0 | `"external": ["pino", "thread-stream"]` | 96 kB | 1.3 MB | no | yes | yes | `>=20 \\|\\| >=22` | a transport is a worker |',
  ]);
});

test("says that a build is refused", () => {
  const other: Row = { name: "x", packages: { x: "1.0.0" } };
  const table = toTable([{ row: other, trial: { kind: "refused", message: "no" } }], ["20", "24"]);
  expect(table).toContain("| `x` 1.0.0 | | refused | – | no | no | | |");
});

test("shows progress in one line", () => {
  const line = toLine({ row, trial }, ["20", "22", "24"]);
  expect(line).toMatch(/^pino 10\.4\.0 +bundle +96 kB, layer +1\.3 MB +20 no +22 yes +24 yes$/);
});
