import { expect, test } from "vitest";
import type { ExtensionSettings } from "../config/extension-settings.ts";
import { everyOutputName, planLayers } from "./plan-layers.ts";

const settings: ExtensionSettings = {
  name: "x",
  entry: "x.ts",
  events: ["SHUTDOWN"],
  register: "launcher",
  start: "eager",
  engine: "carried",
  runtime: "node",
  architectures: ["arm64", "x86_64"],
  sourceMap: false,
  assets: [],
  external: [],
  loader: {},
  keepNames: false,
  budgets: {},
  environment: {},
  policies: [],
};

test("makes one layer for all architectures when it holds no machine code", () => {
  expect(planLayers({ ...settings, engine: "shared" }, false)).toEqual([
    { architecture: undefined, folderName: "layer", zipName: "x.zip" },
  ]);
});

test("keeps the simple names for a single architecture", () => {
  expect(planLayers({ ...settings, architectures: ["arm64"] }, false)).toEqual([
    { architecture: "arm64", folderName: "layer", zipName: "x.zip" },
  ]);
});

test("makes a layer for each architecture, the first of the list as `layer`", () => {
  expect(planLayers(settings, false)).toEqual([
    { architecture: "arm64", folderName: "layer", zipName: "x-arm64.zip" },
    { architecture: "x86_64", folderName: "layer-x86_64", zipName: "x-x86_64.zip" },
  ]);
});

test("knows every name that any settings could have given an output", () => {
  const names = new Set(everyOutputName("x"));
  for (const plan of [...planLayers(settings, false), ...planLayers({ ...settings, engine: "shared" }, false)]) {
    expect(names).toContain(plan.folderName);
    expect(names).toContain(plan.zipName);
  }
});
