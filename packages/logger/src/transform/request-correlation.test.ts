import type { TelemetryEvent } from "@lambda-extension/core";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { RequestCorrelation } from "./request-correlation.ts";

const time = "2026-01-01T00:00:00.000Z";
const first = "11111111-1111-4111-8111-111111111111";
const second = "22222222-2222-4222-8222-222222222222";

const line = (record: string): TelemetryEvent => ({ kind: "function", time, record });
const start = (requestId: string): TelemetryEvent => ({ kind: "platform.start", time, record: { requestId } });
const report = (requestId: string): TelemetryEvent => ({
  kind: "platform.report",
  time,
  record: { requestId, metrics: { durationMs: 1 } },
});
const initStart = (phase: string): TelemetryEvent => ({
  kind: "platform.initStart",
  time,
  record: { initializationType: "on-demand", phase },
});

function correlate(events: readonly TelemetryEvent[], isConcurrent = false): readonly string[] {
  const correlation = new RequestCorrelation({ isConcurrent });
  return [...events.flatMap((event) => correlation.see(event)), ...correlation.release()]
    .filter(({ event }) => event.kind === "function")
    .map(({ event, requestId, phase }) => {
      const text = event.kind === "function" && typeof event.record === "string" ? event.record : "";
      return [...(phase === undefined ? [] : [phase]), text, requestId ?? "-"].join(" ");
    });
}

describe("RequestCorrelation", () => {
  test("gives a line to the request that started last, also after it was reported", () => {
    expect(correlate([start(first), line("a"), report(first), line("b"), start(second), line("c")])).toEqual([
      `a ${first}`,
      `b ${first}`,
      `c ${second}`,
    ]);
  });

  test("gives the lines of an init to the first request after it", () => {
    expect(correlate([initStart("init"), line("a"), line("b"), start(first), line("c")])).toEqual([
      `init a ${first}`,
      `init b ${first}`,
      `c ${first}`,
    ]);
  });

  test("gives the lines of an init inside an invocation to that invocation, not to the one before", () => {
    expect(correlate([start(first), line("a"), initStart("invoke"), line("b"), start(second)])).toEqual([
      `a ${first}`,
      `init b ${second}`,
    ]);
  });

  test("releases lines without an id if no request comes", () => {
    expect(correlate([line("a")])).toEqual(["init a -"]);
  });

  test("gives a late line that names an earlier request to that one", () => {
    const late = `2026-01-01T00:00:00.000Z\t${first}\tINFO\tlate`;
    expect(correlate([start(first), start(second), line(late)])).toEqual([`${late} ${first}`]);
  });

  test("does not take an id of the application for a request's", () => {
    const foreign = `2026-01-01T00:00:00.000Z\t${second}\tINFO\tx`;
    expect(correlate([start(first), line(foreign)])).toEqual([`${foreign} ${first}`]);
  });

  test("takes only a line's own id if requests run at the same time", () => {
    const own = `2026-01-01T00:00:00.000Z\t${second}\tINFO\tx`;
    expect(correlate([start(first), line("a"), line(own)], true)).toEqual(["a -", `${own} ${second}`]);
  });

  test("puts the id of a platform event beside it", () => {
    const correlation = new RequestCorrelation({ isConcurrent: false });
    expect(correlation.see(start(first))).toMatchObject([{ requestId: first }]);
    expect(correlation.see(report(first))).toMatchObject([{ requestId: first }]);
  });

  test("holds a bounded number of lines", () => {
    const correlation = new RequestCorrelation({ isConcurrent: false });
    const ready = Array.from({ length: 1500 }, () => correlation.see(line("x"))).flat();
    expect(ready).toHaveLength(1001);
    expect(correlation.see(line("x".repeat(300_000)))).toHaveLength(500);
  });

  test("loses and doubles no event, in any sequence", () => {
    const events = fc.array(
      fc.oneof(
        fc.string().map(line),
        fc.constantFrom(start(first), start(second), report(first), initStart("init"), initStart("invoke")),
        fc.constant<TelemetryEvent>({ kind: "unknown", raw: { type: "new" } }),
      ),
    );
    fc.assert(
      fc.property(events, fc.boolean(), (events, isConcurrent) => {
        const correlation = new RequestCorrelation({ isConcurrent });
        const seen = [...events.flatMap((event) => correlation.see(event)), ...correlation.release()];
        const byIdentity = new Map<TelemetryEvent, number>();
        for (const { event } of seen) byIdentity.set(event, (byIdentity.get(event) ?? 0) + 1);
        for (const event of events) byIdentity.set(event, (byIdentity.get(event) ?? 0) - 1);
        expect([...byIdentity.values()].every((count) => count === 0)).toBe(true);
      }),
    );
  });
});
