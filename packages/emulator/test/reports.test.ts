import { expect, test } from "vitest";
import type { Report } from "../src/history/report.ts";
import { initReportLine, reportLine, restoreReportLine } from "../src/phases/platform-lines.ts";
import { nodeFunction, politeExtension, start, texts } from "./environment-fixture.ts";

const answers = nodeFunction("export const handler = async () => 1;");
const hangs = nodeFunction("export const handler = () => new Promise((resolve) => setTimeout(resolve, 60_000));");

function toLine(report: Report): string {
  if (report.kind === "invocation") return reportLine(report);
  return report.kind === "init" ? initReportLine(report) : restoreReportLine(report);
}

test("the figures of each invocation are values, and its REPORT line says the same", async () => {
  const environment = await start(answers, [politeExtension()]);
  const requestIds = [];
  for (const event of [1, 2]) requestIds.push((await environment.invoke(event)).requestId);
  await environment.idle();
  const [init, first, second, ...others] = environment.reports;
  expect(others).toEqual([]);
  expect(init).toMatchObject({ kind: "init", phase: "init", status: "success" });
  expect(first).toMatchObject({ kind: "invocation", requestId: requestIds[0], status: "success", memorySizeMb: 128 });
  expect(first).toMatchObject({ initDurationMs: init?.durationMs });
  expect(second).toMatchObject({ kind: "invocation", requestId: requestIds[1], initDurationMs: undefined });
  const reports = environment.reports.slice(1).map(toLine);
  expect(texts(environment, "platform").filter((text) => text.startsWith("REPORT"))).toEqual(reports);
});

test.each([
  [{ timeoutSeconds: 0.5 }, {}, ["init", "invocation"], "timeout"],
  [{}, { initializationType: "snap-start" }, ["init", "restore", "invocation"], "success"],
] as const)("%j %j: every line with figures has its report: %j, %s", async (spec, options, kinds, status) => {
  const environment = await start({ ...(status === "timeout" ? hangs : answers), ...spec }, [], options);
  await environment.invoke(1);
  await environment.idle();
  expect(environment.reports.map(({ kind }) => kind)).toEqual(kinds);
  expect(environment.reports.at(-1)?.status).toBe(status);
  const lines = texts(environment, "platform").filter((text) => /^(INIT_|RESTORE_)?REPORT /.test(text));
  const written = environment.reports.filter(({ kind }) => kind !== "init" || status === "success");
  expect(lines).toEqual(written.map(toLine));
});

test("with the JSON log format, and on Managed Instances, the figures are those of platform.report", async () => {
  for (const initializationType of ["on-demand", "lambda-managed-instances"] as const) {
    const environment = await start(answers, [], { logFormat: "JSON", initializationType });
    await environment.invoke(1);
    await environment.idle();
    const report = environment.reports.find((one) => one.kind === "invocation");
    const line = texts(environment, "platform").find((text) => text.includes('"platform.report"'));
    const { record } = JSON.parse(line ?? "{}") as { record: { requestId: string; metrics: Record<string, number> } };
    expect(report).toMatchObject({ requestId: record.requestId, status: "success" });
    expect(report?.durationMs).toBeCloseTo(record.metrics["durationMs"] ?? 0, 2);
    expect(report?.billedDurationMs).toBe(record.metrics["billedDurationMs"]);
  }
});
