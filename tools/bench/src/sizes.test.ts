import { expect, test } from "vitest";
import { holds } from "./report.ts";
import { sizeGates } from "./sizes.ts";

test("bundles and layers are as small as the project promises", () => {
  expect(sizeGates()).toHaveLength(3);
  expect(sizeGates().filter((gate) => !holds(gate))).toEqual([]);
});
