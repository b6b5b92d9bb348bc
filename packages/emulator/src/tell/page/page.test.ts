import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { LogLine } from "../../history/log-line.ts";
import type { InvocationReport, Report } from "../../history/report.ts";
import type { TimelineEntry } from "../../history/timeline.ts";
import { renderReport } from "./page.ts";
import { isBar, layOut } from "./picture.ts";

const entry = (
  lane: string,
  kind: string,
  startEpochMs: number,
  endEpochMs = startEpochMs,
  requestId?: string,
): TimelineEntry => ({
  lane,
  kind,
  startEpochMs,
  endEpochMs,
  ...(requestId === undefined ? {} : { requestId }),
});
const report: InvocationReport = {
  kind: "invocation",
  requestId: "r1",
  durationMs: 10.5,
  billedDurationMs: 111,
  memorySizeMb: 128,
  maxMemoryUsedMb: 60,
  initDurationMs: 99.2,
  status: "timeout",
};

describe("layOut", () => {
  const entries = [
    entry("platform", "init", 0, 100),
    entry("hello", "spawn", 0, 5),
    entry("hello", "register", 20),
    entry("hello", "next", 40),
    entry("platform", "invoke", 150, 161, "r1"),
    entry("hello", "invoke", 150, 150, "r1"),
    entry("hello", "next", 158),
  ];
  const lanes = layOut(entries, [report]);
  const find = (lane: string, kind: string) =>
    lanes.find(({ name }) => name === lane)?.items.filter((item) => item.kind === kind);

  test("shows what was billed: the init that the report names, and the invocation", () => {
    expect(find("platform", "billed")).toMatchObject([
      { startEpochMs: 0, endEpochMs: 100 },
      { startEpochMs: 150, endEpochMs: 161 },
    ]);
  });

  test("shows when an extension booted and was busy", () => {
    expect(find("hello", "boot")).toMatchObject([{ startEpochMs: 5, endEpochMs: 40 }]);
    expect(find("hello", "busy")).toMatchObject([{ startEpochMs: 150, endEpochMs: 158 }]);
  });

  test("shows the time between two steps as idle", () => {
    expect(find("platform", "idle")).toMatchObject([{ startEpochMs: 100, endEpochMs: 150 }]);
  });

  test("keeps every entry, and never two bars over each other in a row", () => {
    const times = fc.tuple(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 0, max: 20 }));
    const generated = fc.array(
      fc.tuple(
        fc.constantFrom("platform", "runtime", "a", "b"),
        fc.constantFrom("init", "invoke", "next", "spawn"),
        times,
      ),
    );
    fc.assert(
      fc.property(generated, (given) => {
        const entries = given.map(([lane, kind, [start, took]]) => entry(lane, kind, start, start + took));
        const laid = layOut(entries, []);
        const items = laid.flatMap((lane) => lane.items);
        for (const one of entries) expect(items).toContainEqual(expect.objectContaining(one));
        for (const { items } of laid) {
          const bars = items.filter(isBar);
          const clashes = bars.filter((a) =>
            bars.some(
              (b) => a !== b && a.row === b.row && a.startEpochMs < b.endEpochMs && b.startEpochMs < a.endEpochMs,
            ),
          );
          expect(clashes).toEqual([]);
        }
      }),
    );
  });
});

describe("renderReport", () => {
  const input = {
    title: "Hello",
    timeline: [entry("platform", "init", 0, 50), entry("<b>", "register", 25)],
    lines: [{ source: "extension", name: "x", text: "<script>alert(1)</script>", epochMs: 1 }] as const,
    reports: [report],
  };

  test("places steps by their share of the whole", () => {
    const page = renderReport(input);
    expect(page).toContain('class="bar" data-kind="init" style="--at:0.0000; --took:100.0000; --row:0"');
    expect(page).toContain('aria-label="&lt;b&gt;: register, at 25.0 ms"');
  });

  test("shows what processes printed as text, never as HTML", () => {
    expect(renderReport(input)).toContain("<code>&lt;script&gt;alert(1)&lt;/script&gt;</code>");
  });

  test("needs nothing but itself", () => {
    expect(renderReport(input)).not.toMatch(/\b(src|href)=|@import|url\(|https?:/);
  });

  test("gives log lines the picture's time, and marks each skipped idle time", () => {
    const skip = { ...entry("platform", "skip", 60), fact: { kind: "skip", durationMs: 600_000 } } as const;
    const line = (text: string, epochMs: number): LogLine => ({ source: "function", name: "f", text, epochMs });
    const page = renderReport({
      title: "x",
      timeline: [...input.timeline, skip],
      lines: [line("before", 59), line("after", 600_062)],
      reports: [],
    });
    const rows = [...page.matchAll(/<li[^>]*>(.*?)<\/li>/gs)].map(([, row]) =>
      row
        ?.replaceAll(/<[^>]+>/g, " ")
        .replaceAll(/\s+/g, " ")
        .trim(),
    );
    expect(rows.slice(-3)).toEqual(["59.0 ms f before", "600 s pass for the wall clock alone", "62.0 ms f after"]);
  });

  test("has a row for each invocation with the figures of its report", () => {
    const rows = (reports: readonly Report[]): readonly string[] =>
      [...renderReport({ ...input, reports }).matchAll(/<td>\s*([^<]*?)\s*(?=<)/g)].map(([, cell]) => cell ?? "");
    const init = { kind: "init", phase: "init", status: "success", durationMs: 99.2 } as const;
    expect(rows([init, report])).toEqual(["r1", "10.50 ms", "111 ms", "99.20 ms", "60 MB", "timeout"]);
    expect(rows([{ kind: "invocation", requestId: "r2", status: "success", durationMs: 1 }])).toEqual([
      "r2",
      "1.00 ms",
      "0 ms",
      "",
      "",
      "success",
    ]);
  });

  test("tells the meaning of each colour", () => {
    const legend = /<ul class="legend"[^>]*>(.*?)<\/ul>/s.exec(renderReport(input))?.[1] ?? "";
    for (const kind of ["init", "invoke", "overhead", "freeze", "billed", "shutdown"]) {
      expect(legend).toContain(`data-kind="${kind}"`);
    }
  });

  test("draws a timeline without entries too", () => {
    expect(renderReport({ title: "x", timeline: [], lines: [], reports: [] })).toContain("</html>");
  });
});
