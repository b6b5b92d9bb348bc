import { expect, test } from "vitest";
import { checkModules } from "./check-modules.ts";

type Kind = "import-statement" | "require-call" | "dynamic-import";
const metafileOf = (path: string, kind: Kind) => ({
  inputs: { "src/main.ts": { bytes: 1, imports: [{ path, kind, external: true }] } },
  outputs: {
    "index.cjs": {
      bytes: 1,
      inputs: {},
      exports: [],
      imports: [{ path, kind: "require-call" as const, external: true }],
    },
  },
});
const known = ["net", "node:sea", "node:test/reporters"];
const shared = { engine: "shared", runtime: "node", external: [] } as const;
const carried = { engine: "carried", runtime: "node", external: [] } as const;
const bun = { engine: "carried", runtime: "bun", external: [] } as const;

test.each([
  ["node:net", shared],
  ["net", shared],
  ["node:sqlite", carried],
  ["node:sqlite", bun],
  ["node:sea", shared],
])("%s is there for %j", (path, engine) => {
  expect(checkModules(metafileOf(path, "import-statement"), engine, known)).toEqual({ problems: [], warnings: [] });
});

test.each([
  [
    "node:sqlite",
    shared,
    /^src\/main\.ts: expected a module that Node\.js 20 has.*got "node:sqlite" of Node\.js 22.*"engine": "carried"$/,
  ],
  ["node:sqlite", { ...shared, engine: "auto" } as const, /because the engine "auto" may be Node\.js 20/],
  ["node:sea", bun, /^src\/main\.ts: expected a module that Bun has, got "node:sea": set "runtime": "node"$/],
  [
    "node:nope",
    carried,
    /^src\/main\.ts: expected a module of Node\.js, got "node:nope", which Node\.js does not have$/,
  ],
])("%s is not there for %j", (path, engine, problem) => {
  expect(checkModules(metafileOf(path, "import-statement"), engine, known).problems).toEqual([
    expect.stringMatching(problem),
  ]);
});

test("only warns of a require, which a package may guard, and leaves import() alone", () => {
  expect(checkModules(metafileOf("node:sqlite", "require-call"), shared, known)).toEqual({
    problems: [],
    warnings: [expect.stringContaining("node:sqlite")],
  });
  expect(checkModules(metafileOf("node:sqlite", "dynamic-import"), shared, known)).toEqual({
    problems: [],
    warnings: [],
  });
});

test("takes external packages, and packages that are not installed and may be missing, for no modules of Node.js", () => {
  const external = { ...shared, external: ["pino"] };
  for (const path of ["pino", "pino/file"]) {
    expect(checkModules(metafileOf(path, "import-statement"), external, known).problems).toEqual([]);
  }
  expect(checkModules(metafileOf("pinot", "import-statement"), external, known).problems).toHaveLength(1);
  expect(checkModules(metafileOf("pg-native", "require-call"), shared, known).warnings).toEqual([]);
});

test("leaves alone what tree shaking took away", () => {
  const { inputs } = metafileOf("node:sqlite", "import-statement");
  expect(checkModules({ inputs, outputs: {} }, shared, known).problems).toEqual([]);
});
