import { expect, test } from "vitest";
import { find, measureInRounds } from "./rounds.ts";

const contestants = [{ name: "a" }, { name: "b" }];

test("measures each contestant once per round, each first in its turn, and does not count the first round", async () => {
  const order: string[] = [];
  const settings = { rounds: 2, onProgress: () => {}, figures: ["count"] as const };
  const results = await measureInRounds(contestants, settings, async ({ name }) => ({ count: order.push(name) }));
  expect(order).toEqual(["a", "b", "b", "a", "a", "b"]);
  expect(results).toEqual([
    { name: "a", count: [4, 5] },
    { name: "b", count: [3, 6] },
  ]);
});

test("keeps no value for a figure that a contestant lacks", async () => {
  const settings = { rounds: 1, warmUps: 0, onProgress: () => {}, figures: ["one", "two"] as const };
  const results = await measureInRounds(contestants, settings, async ({ name }) =>
    name === "a" ? { one: 1 } : { two: 2 },
  );
  expect(find(results, "a")).toEqual({ name: "a", one: [1], two: [] });
  expect(() => find(results, "c")).toThrow("c was not measured");
});
