import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const folder = fileURLToPath(new URL("..", import.meta.url));
const sources = readdirSync(`${folder}/src`, { recursive: true, encoding: "utf8" }).filter(
  (file) => file.endsWith(".ts") && !file.endsWith(".test.ts"),
);
const imports = (file: string) =>
  [...readFileSync(`${folder}/src/${file}`, "utf8").matchAll(/(?:from|import)\s*\(?\s*"([^"]+)"/g)].map(
    ([, name]) => name ?? "",
  );

test("the package depends on nothing", () => {
  const manifest = JSON.parse(readFileSync(`${folder}/package.json`, "utf8")) as Record<string, unknown>;
  expect(manifest["dependencies"]).toBeUndefined();
  expect(manifest["peerDependencies"]).toBeUndefined();
  expect(manifest["optionalDependencies"]).toBeUndefined();
});

test("no source imports anything but Node's cheap modules and its neighbours", () => {
  const foreign = sources.flatMap(imports).filter((name) => !name.startsWith("./") && !name.startsWith("../"));
  // node:http and node:https cost 8 ms and more at start; see docs/adr/0101-http-on-node-net.md.
  expect([...new Set(foreign)].sort()).toEqual(["node:fs", "node:net", "node:path"]);
});

const touching = (pattern: RegExp) =>
  sources.filter((file) => pattern.test(readFileSync(`${folder}/src/${file}`, "utf8")));

test("only the host touches the process, and only the clock reads the time", () => {
  expect(touching(/\b(?:process|console)\.(?!hrtime\()[a-z]|from "node:process"/)).toEqual(["host.ts"]);
  expect(touching(/\bDate\.now\(|\bperformance\.now\(|\bprocess\.hrtime\(|new Date\(\)/)).toEqual(["clock.ts"]);
});

test("node:net is loaded only when it is needed: 2 ms of every start", () => {
  expect(touching(/^import (?!type)[^;]*"node:net"/m)).toEqual([]);
});
