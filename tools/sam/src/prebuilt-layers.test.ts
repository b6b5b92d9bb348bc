import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { buildLayers, readProject } from "@lambda-extension/build-layer";
import { beforeEach, expect, test } from "vitest";
import { makeTestFolder } from "../test/fake-program.ts";
import { prebuiltWarnings } from "./prebuilt-layers.ts";

const warning = "layer/src/main.ts has changed since layer/dist/layer was built: run npm run build in layer";
let folder: string;
const put = (path: string, text: string): void => {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
};

beforeEach(async () => {
  folder = makeTestFolder();
  put("template.yaml", "Resources:\n  L:\n    Properties:\n      ContentUri: layer/dist/layer # built before\n");
  put("other.yaml", "Resources:\n  L:\n    Properties:\n      ContentUri: layer/\n");
  const lambdaExtension = { name: "hello", entry: "src/main.ts" };
  put("layer/package.json", JSON.stringify({ scripts: { build: "build-layer" }, lambdaExtension }));
  put("layer/src/main.ts", "console.log(1);");
  await buildLayers(readProject(join(folder, "layer")), { cacheFolder: "unused", say: () => {} });
});

test.each([[["build"]], [["deploy", "--guided"]], [["local", "invoke", "-t", "template.yaml"]]])(
  "sam %j is told of a layer that is older than its sources",
  async (args) => {
    expect(await prebuiltWarnings(args, folder)).toEqual([]);
    put("layer/src/main.ts", "console.log(2);");
    expect(await prebuiltWarnings(args, folder)).toEqual([warning]);
  },
);

test.each([
  ["in one line", "template.yaml", "Resources: { L: { Properties: { ContentUri: layer/dist/layer } } }"],
  ["as JSON", "template.json", '{ "Resources": { "L": { "Properties": { "Content": "layer/dist/layer" } } } }'],
  ["with tags", "template.yml", 'Resources:\n  L:\n    ContentUri: "layer/dist/layer/"\n  F: { Layers: [!Ref L] }'],
])("a template that is written %s names the layer too", async (_, name, text) => {
  rmSync(join(folder, "template.yaml"));
  put(name, text);
  put("layer/src/main.ts", "console.log(2);");
  expect(await prebuiltWarnings(["build"], folder)).toEqual([warning]);
});

test.each([[["validate"]], [["build", "-t", "other.yaml"]], [["build", "--template-file=none.yaml"]], [[]]])(
  "sam %j, which does not use the layer, is not",
  async (args) => {
    put("layer/src/main.ts", "console.log(2);");
    expect(await prebuiltWarnings(args, folder)).toEqual([]);
  },
);
