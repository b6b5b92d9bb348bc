import { resolve } from "node:path";
import { checkConformance } from "../conformance/check-conformance.ts";
import type { ConformanceReport } from "../conformance/check-conformance.ts";
import type { CheckResult, ConformanceProgress } from "../conformance/run-checks.ts";
import { Interrupted, unlessInterrupted } from "../host/host.ts";
import type { Host } from "../host/host.ts";
import { closeLimitMs, within } from "../host/with-environment.ts";
import { EmulatorError } from "../problems/emulator-error.ts";
import { createStyle } from "../tell/style.ts";
import type { Style } from "../tell/style.ts";
import type { CommandLine } from "./command-line.ts";
import type { OptionSpec } from "./options.ts";

export const conformanceOptions: readonly OptionSpec[] = [
  {
    name: "only",
    value: "CHECK,…",
    repeatable: true,
    help: "these checks only, and the ones they need; docs/conformance.md lists them all",
  },
  {
    name: "function-runtime",
    value: "RUNTIME",
    help: "the runtime of the function beside it, default nodejs22.x: nodejs*.x, python3.* or provided.*",
  },
  { name: "env", value: "NAME=VALUE", takesMore: true, help: "a variable of the function, which extensions see too" },
  {
    name: "architecture",
    value: "NAME",
    help: "x86_64 or arm64, default this machine's; what is built for another one is not executed",
  },
  { name: "json", help: "print the report as one JSON document, and nothing else" },
  { name: "help", short: "h", help: "this text" },
];

/** The exit status where a check fails. */
const checkFailedStatus = 1;

/**
 * `lambda-emulator conformance`: checks the extensions of a layer. The table goes to stdout, progress to a terminal's
 * stderr. Shape: the exit status. Errors: `EmulatorError` for bad input, `Interrupted`; nothing is left running.
 */
export async function runConformance(line: CommandLine, host: Host): Promise<number> {
  const request = readRequest(line, host);
  const isJson = line.options.has("json");
  const printer = createPrinter(host);
  const running = checkConformance({
    ...request,
    signal: host.interrupted,
    onProgress: (progress) => {
      if (!isJson) printer.progress(progress);
    },
  });
  try {
    const report = await unlessInterrupted(running, host.interrupted);
    if (isJson) host.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
    else printer.end(report);
    return report.failed > 0 ? checkFailedStatus : 0;
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
    await within(
      running.catch(() => {}),
      closeLimitMs,
    );
    throw error;
  }
}

function readRequest({ positionals, options }: CommandLine, host: Host) {
  const [layer, extra] = positionals;
  if (layer === undefined) {
    throw new EmulatorError("which layer? Give the folder or zip: lambda-emulator conformance dist/layer");
  }
  if (extra !== undefined) throw new EmulatorError(`unexpected argument ${extra}: conformance checks one layer`);
  const only = options
    .get("only")
    ?.flatMap((ids) => ids.split(","))
    .map((id) => id.trim())
    .filter((id) => id !== "");
  const functionRuntime = options.get("function-runtime")?.[0];
  const architecture = options.get("architecture")?.[0];
  return {
    layer: resolve(host.cwd, layer),
    environment: Object.fromEntries((options.get("env") ?? []).map((text) => readVariable(text))),
    ...(only === undefined ? {} : { only }),
    ...(functionRuntime === undefined ? {} : { functionRuntime }),
    ...(architecture === undefined ? {} : { architecture }),
  };
}

function readVariable(text: string): readonly [string, string] {
  const [, name, value] = /^([A-Za-z_]\w*)=(.*)$/s.exec(text) ?? [];
  if (name === undefined || value === undefined) throw new EmulatorError(`--env: expected NAME=VALUE, got ${text}`);
  return [name, value];
}

const outcomeNames: Readonly<Record<CheckResult["outcome"], string>> = {
  pass: "pass",
  fail: "FAIL",
  "not-applicable": "n/a",
};

const eraseLine = "\r\u001b[K";

function createPrinter(host: Host) {
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

/** What an extension says at its start and of the first event. */
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
