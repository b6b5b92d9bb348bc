import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { LogLine } from "../../history/log-line.ts";
import type { TimelineEntry } from "../../history/timeline.ts";
import { renderReport } from "./page.ts";
import { isBar, layOut } from "./picture.ts";
import { readReports } from "./reports.ts";

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
const platformLine = (text: string): LogLine => ({ source: "platform", name: "platform", text, epochMs: 0 });
const reportLine =
  "REPORT RequestId: r1\tDuration: 10.50 ms\tBilled Duration: 111 ms\tMemory Size: 128 MB\tMax Memory Used: 60 MB\tInit Duration: 99.20 ms\tStatus: timeout";

describe("readReports", () => {
  test("reads REPORT lines as text", () => {
    expect(readReports([platformLine("START RequestId: r1"), platformLine(reportLine)])).toEqual([
      { requestId: "r1", durationMs: 10.5, billedMs: 111, initMs: 99.2, maxMemoryMb: 60, status: "timeout" },
    ]);
  });

  test("reads them as JSON, and passes over JSON that is something else or broken", () => {
    const record = {
      requestId: "r1",
      status: "success",
      metrics: { durationMs: 1, billedDurationMs: 2, maxMemoryUsedMB: 3 },
    };
    const lines = [JSON.stringify({ type: "platform.report", record }), '{"type":"platform.start"}', "{broken"];
    expect(readReports(lines.map(platformLine))).toEqual([
      { requestId: "r1", durationMs: 1, billedMs: 2, initMs: undefined, maxMemoryMb: 3, status: undefined },
    ]);
  });
});

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
  const lanes = layOut(entries, readReports([platformLine(reportLine)]));
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

  test("gives log lines the picture's time, and says where an idle time was skipped", () => {
    const skip = { ...entry("platform", "skip", 60), detail: "600000 ms" };
    const line = (text: string, epochMs: number): LogLine => ({ source: "function", name: "f", text, epochMs });
    const page = renderReport({
      title: "x",
      timeline: [...input.timeline, skip],
      lines: [line("before", 59), line("after", 600_062)],
    });
    const rows = [...page.matchAll(/<li[^>]*>(.*?)<\/li>/gs)].map(([, row]) =>
      row
        ?.replaceAll(/<[^>]+>/g, " ")
        .replaceAll(/\s+/g, " ")
        .trim(),
    );
    expect(rows.slice(-3)).toEqual(["59.0 ms f before", "600 s pass for the wall clock alone", "62.0 ms f after"]);
  });

  test("says what each colour stands for", () => {
    const legend = /<ul class="legend"[^>]*>(.*?)<\/ul>/s.exec(renderReport(input))?.[1] ?? "";
    for (const kind of ["init", "invoke", "overhead", "freeze", "billed", "shutdown"]) {
      expect(legend).toContain(`data-kind="${kind}"`);
    }
  });

  test("draws an empty life too", () => {
    expect(renderReport({ title: "x", timeline: [], lines: [] })).toContain("</html>");
  });
});
