import { expect, test } from "vitest";
import { parseCommandLine } from "./command-line.ts";

const known = ["a", "b", "c"];

test("runs every section by default, and named sections in the order of all sections", () => {
  expect(parseCommandLine([], known)).toEqual({ names: known, rounds: 30, write: false });
  expect(parseCommandLine(["c", "--rounds", "5", "a", "--write"], known)).toEqual({
    names: ["a", "c"],
    rounds: 5,
    write: true,
  });
});

test.each([
  [["--rounds", "0"], "--rounds: expected a whole number from 1, got 0"],
  [["--rounds", "many"], "--rounds: expected a whole number from 1, got many"],
  [["d"], "expected sections of a, b, c, got d"],
  [["--fast"], /--fast/],
])("says what is wrong with %j", (args, problem) => {
  expect(parseCommandLine(args, known)).toEqual({ problem: expect.stringMatching(problem) });
});
