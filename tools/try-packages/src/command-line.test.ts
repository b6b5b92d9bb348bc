import { expect, test } from "vitest";
import { parseCommandLine } from "./command-line.ts";

test.each([
  [[], { names: ["pg", "ws"], write: false }],
  [["ws"], { names: ["ws"], write: false }],
  [["--write"], { names: ["pg", "ws"], write: true }],
])("%j means %j", (args, line) => {
  expect(parseCommandLine(args, ["pg", "ws"])).toEqual(line);
});

test.each([
  [["wss"], "expected names of pg, ws, got wss"],
  [["ws", "--write"], "--write: expected no names, because it writes the whole table"],
  [["--wrte"], expect.stringContaining("--wrte")],
])("%j is refused in one line", (args, problem) => {
  expect(parseCommandLine(args, ["pg", "ws"])).toEqual({ problem });
});
