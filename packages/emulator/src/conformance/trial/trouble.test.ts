import { expect, test } from "vitest";
import type { TimelineEntry } from "../../history/timeline.ts";
import { findTroubles } from "./trouble.ts";

/** A timeline of one extension whose environment ends from 100 to 200 ms. */
function live(
  ...entries: readonly (readonly [atMs: number, kind: string, detail?: string])[]
): readonly TimelineEntry[] {
  const own = entries.map(([startEpochMs, kind, detail]): TimelineEntry => {
    return { lane: "x", kind, startEpochMs, endEpochMs: startEpochMs, ...(detail === undefined ? {} : { detail }) };
  });
  return [...own, { lane: "platform", kind: "shutdown", startEpochMs: 100, endEpochMs: 200 }];
}

const both = [1, "register", "INVOKE, SHUTDOWN"] as const;
const waits = [2, "next"] as const;

test.each([
  ["ends with status 0 when it is told to", live(both, waits, [110, "shutdown"], [120, "exit", "exit code 0"]), []],
  [
    "fails when it is told to end",
    live(both, waits, [110, "shutdown"], [120, "exit", "exit code 1"]),
    ["not-stopped: x ended with exit code 1 at SHUTDOWN, where 0 is expected"],
  ],
  [
    "goes on when it is told to end",
    live(both, waits, [110, "shutdown"], [199, "exit", "signal: killed"]),
    ["not-stopped: x went on after SHUTDOWN and was killed when its time was up"],
  ],
  [
    "did not ask for SHUTDOWN, and is killed",
    live([1, "register", "INVOKE"], waits, [110, "exit", "signal: killed"]),
    [],
  ],
  [
    "crashes while it waits",
    live(both, waits, [50, "exit", "exit code 1"]),
    ["ended: x ended (exit code 1) while it waited for an event"],
  ],
  [
    "crashes by the telemetry that comes before SHUTDOWN",
    live(both, waits, [105, "exit", "exit code 1"]),
    ["ended: x ended (exit code 1) while it waited for an event"],
  ],
  [
    "crashes while it handles an event",
    live(both, waits, [3, "invoke"], [50, "exit", "exit code 1"]),
    ["ended: x ended (exit code 1) instead of asking for the next event"],
  ],
  [
    "is busy with an event when its environment ends",
    live(both, waits, [3, "invoke"], [110, "exit", "signal: killed"]),
    ["stuck: x did not ask for the next event in time"],
  ],
  [
    "crashes before it registers",
    live([50, "exit", "exit code 1"]),
    ["not-started: x ended (exit code 1) before it registered"],
  ],
  ["does not register in time", live([110, "exit", "signal: killed"]), ["not-started: x did not register in time"]],
])("an extension that %s", (_, timeline, troubles) => {
  expect(findTroubles(timeline, ["x"]).map(({ kind, text }) => `${kind}: ${text}`)).toEqual(troubles);
});
