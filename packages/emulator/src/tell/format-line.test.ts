import { describe, expect, test } from "vitest";
import type { LogLine } from "../history/log-line.ts";
import { formatLine } from "./format-line.ts";
import { createStyle } from "./style.ts";

const output = (isTerminal: boolean) => ({ write() {}, isTerminal, columns: 80 });
const line = (source: LogLine["source"], text: string): LogLine => ({ source, name: "hello", text, epochMs: 1_012.34 });
const format = (
  given: LogLine,
  over: { isTerminal?: boolean; verbose?: boolean; env?: Record<string, string> } = {},
): string =>
  formatLine(given, {
    style: createStyle(output(over.isTerminal ?? false), over.env ?? {}),
    verbose: over.verbose ?? false,
    startEpochMs: 1_000,
  });

describe("formatLine", () => {
  test.each([
    [line("extension", "[hello] Registering…"), "[hello] Registering…"],
    [line("extension", "Registering…"), "[hello] Registering…"],
    [line("function", "printed"), "printed"],
    [line("platform", "START RequestId: x\n"), "START RequestId: x"],
    [line("function", "Traceback\r  line 1"), "Traceback\n  line 1"],
  ])("%#: keeps the text, and an extension's name on its lines", (given, expected) => {
    expect(format(given)).toBe(expected);
  });

  test("tells time and source when verbose", () => {
    expect(format(line("extension", "x"), { verbose: true })).toBe("     12.3 ms hello x");
  });

  test("colours on a terminal, and not if NO_COLOR is set or the terminal is dumb", () => {
    expect(format(line("platform", "x"), { isTerminal: true })).toBe("\u001b[2mx\u001b[22m");
    expect(format(line("platform", "x"), { isTerminal: true, env: { NO_COLOR: "1" } })).toBe("x");
    expect(format(line("platform", "x"), { isTerminal: true, env: { TERM: "dumb" } })).toBe("x");
  });
});
