import { describe, expect, test } from "vitest";
import { createFailureReport, createReport } from "./report.ts";
import { createSecretsManager } from "./sources/secrets-manager.ts";

const source = createSecretsManager({
  call: () => Promise.reject(new Error("BUG: not called")),
  ttlMs: 1,
  timeoutMs: 1,
  warm: ["db"],
});

describe("the report of failures", () => {
  test("reports each cause once, and what a refusal means for reads", () => {
    const lines: string[] = [];
    const report = createFailureReport(createReport({ level: "INFO", write: (line) => lines.push(line) }));
    for (const item of [...source.warm, ...source.warm]) {
      report(source, item, { kind: "definite", code: "AccessDeniedException", message: "not\nyou" });
      report(source, item, { kind: "transient", code: "TimeoutError", message: "late" });
    }
    expect(lines).toEqual([
      "WARN secret db: AccessDeniedException: not you; its reads get status 400",
      "WARN secret db: TimeoutError: late",
    ]);
  });

  test("stops at 200 causes, and reports that it stops", () => {
    const lines: string[] = [];
    const report = createFailureReport(createReport({ level: "INFO", write: (line) => lines.push(line) }));
    for (const item of source.warm) {
      for (let code = 0; code < 300; code++) {
        report(source, item, { kind: "transient", code: `E${code}`, message: "m" });
      }
    }
    expect(lines).toHaveLength(201);
    expect(lines.at(-1)).toBe(
      "WARN 200 different failures were reported; later ones are not, but reads still get the cause",
    );
  });

  test("removes control characters of terminals from a line", () => {
    const lines: string[] = [];
    createReport({ level: "INFO", write: (line) => lines.push(line) })(
      "WARN",
      "a\u0000b\u001b[31mc\td\u007f\u009be\u2028f\r\ng",
    );
    expect(lines).toEqual(["WARN a b [31mc d e f g"]);
  });

  test.each([
    ["DEBUG", 4],
    ["WARN", 2],
    ["ERROR", 1],
    ["NONE", 0],
  ] as const)("at %s writes %i of four levels", (level, count) => {
    const lines: string[] = [];
    const report = createReport({ level, write: (line) => lines.push(line) });
    for (const each of ["DEBUG", "INFO", "WARN", "ERROR"] as const) report(each, "x");
    expect(lines).toHaveLength(count);
  });
});
