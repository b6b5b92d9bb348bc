import type { ConformanceReport } from "../conformance/check-conformance.ts";
import type { CheckResult, ConformanceProgress } from "../conformance/run-checks.ts";
import type { Host } from "../host/host.ts";
import { createStyle } from "./style.ts";
import type { Style } from "./style.ts";

const outcomeNames: Readonly<Record<CheckResult["outcome"], string>> = {
  pass: "pass",
  fail: "FAIL",
  "not-applicable": "n/a",
};

const eraseLine = "\r\u001b[K";

/** Tells how a conformance run goes: its progress to a terminal's stderr, everything else to stdout. */
export function createConformancePrinter(host: Host) {
  const style = createStyle(host.stdout, host.env);
  const showsProgress = host.stderr.isTerminal;
  return {
    progress(progress: ConformanceProgress): void {
      if (progress.kind === "started") {
        if (showsProgress) host.stderr.write(`${eraseLine}${progress.index + 1}/${progress.total} ${progress.title}…`);
        return;
      }
      if (showsProgress) host.stderr.write(eraseLine);
      host.stdout.write(`${toRow(progress.result, style)}\n`);
    },
    /** What to do about each check that failed, what the extensions wrote, and the sums. */
    end(report: ConformanceReport): void {
      for (const result of report.results) {
        if (result.outcome === "fail") host.stdout.write(describeFailure(result, style));
      }
      if (report.lines.length > 0) {
        host.stdout.write(
          `\nSaid by the extensions, undisturbed:\n${shorten(report.lines)
            .map((line) => dimmed(line, style))
            .join("")}`,
        );
      }
      const { passed, failed, notApplicable } = report;
      host.stdout.write(`\n${passed} passed, ${failed} failed, ${notApplicable} not applicable\n`);
    },
  };
}

/** Enough for what an extension writes at its start and at the first event. */
const shownLines = 20;

function shorten(lines: readonly string[]): readonly string[] {
  const more = lines.length - shownLines;
  return more <= 0 ? lines : [...lines.slice(0, shownLines), `… and ${more} more, with --json`];
}

function dimmed(line: string, style: Style): string {
  return style.dim(`    ${line.replaceAll("\n", "\n    ")}\n`);
}

/** The longest id. Units: characters. */
const idWidth = 25;

function toRow({ id, title, outcome, detail }: CheckResult, style: Style): string {
  const paint = { pass: style.cyan, fail: style.red, "not-applicable": style.dim }[outcome];
  const reason = outcome === "not-applicable" && detail !== undefined ? style.dim(` (${detail})`) : "";
  return `${paint(outcomeNames[outcome].padEnd(5))} ${id.padEnd(idWidth)} ${title}${reason}`;
}

function describeFailure({ id, title, detail = "", advice = "", lines = [] }: CheckResult, style: Style): string {
  const shown = lines.length === 0 ? "" : `  last lines:\n${lines.map((line) => dimmed(line, style)).join("")}`;
  return `\n${style.red(id)}: ${style.bold(title)}\n  seen: ${detail}\n  what to do: ${advice}\n${shown}`;
}
