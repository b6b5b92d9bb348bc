import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { TimelineEntry } from "../history/timeline.ts";
import { drawTimeline } from "./timeline-text.ts";

const entry = (lane: string, kind: string, startEpochMs: number, endEpochMs = startEpochMs): TimelineEntry => ({
  lane,
  kind,
  startEpochMs,
  endEpochMs,
});

describe("drawTimeline", () => {
  test("draws platform, runtime and extensions as bars and marks on one scale", () => {
    const entries = [
      entry("hello", "register", 1_010),
      entry("runtime", "spawn", 1_050, 1_075),
      entry("platform", "init", 1_000, 1_100),
      entry("platform", "invoke", 1_100, 1_200),
    ];
    expect(drawTimeline(entries, 68)).toBe(
      [
        "                                                    at      took  ms",
        "platform init      ████████████                    0.0     100.0",
        "         invoke                ████████████      100.0     100.0",
        "runtime  spawn           ███                      50.0      25.0",
        "hello    register   |                             10.0",
      ].join("\n"),
    );
  });

  test("is empty without entries", () => {
    expect(drawTimeline([], 100)).toBe("");
  });

  test("shows the first steps of a long life and the number of the others", () => {
    const many = Array.from({ length: 200 }, (_, step) => entry("platform", "invoke", step, step + 1));
    expect(drawTimeline(many, 100)).toContain("… and 140 more steps");
  });

  test("never draws wider than the columns, with any times", () => {
    const entries = fc.array(
      fc.record({
        lane: fc.constantFrom("platform", "runtime", "my-extension"),
        kind: fc.constantFrom("init", "next", "shutdown"),
        startEpochMs: fc.double({ min: 1_000, max: 900_000, noNaN: true }),
        tookMs: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 90_000, noNaN: true })),
      }),
      { maxLength: 30 },
    );
    fc.assert(
      fc.property(entries, fc.integer({ min: 80, max: 200 }), (given, columns) => {
        const drawn = drawTimeline(
          given.map(({ tookMs, ...rest }) => ({ ...rest, endEpochMs: rest.startEpochMs + tookMs })),
          columns,
        );
        expect(Math.max(...drawn.split("\n").map((line) => line.length))).toBeLessThanOrEqual(columns);
      }),
    );
  });
});
