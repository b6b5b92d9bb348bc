import { expect, test } from "vitest";
import type { StepFact, TimelineEntry } from "../../history/timeline.ts";
import { findTroubles } from "./trouble.ts";

/** A step of an extension: when, what, and what is said of it. */
type Step = readonly [atMs: number, kind: string, note?: Pick<TimelineEntry, "detail" | "fact">];

/** A timeline of one extension whose environment ends from 100 to 200 ms. */
function live(...steps: readonly Step[]): readonly TimelineEntry[] {
  const own = steps.map(([atMs, kind, note]) => ({ lane: "x", kind, startEpochMs: atMs, endEpochMs: atMs, ...note }));
  return [...own, { lane: "platform", kind: "shutdown", startEpochMs: 100, endEpochMs: 200 }];
}

const registers = (...events: readonly string[]): Step => [1, "register", { fact: { kind: "register", events } }];
const both = registers("INVOKE", "SHUTDOWN");
const waits: Step = [2, "next"];
const crashed: StepFact = { kind: "exit", status: { kind: "code", code: 1 } };
const crashes = (atMs: number): Step => [atMs, "exit", { detail: "exit code 1", fact: crashed }];
const killed: StepFact = { kind: "exit", status: { kind: "signal", signal: "SIGKILL" } };
const isKilled = (atMs: number): Step => [atMs, "exit", { detail: "signal: killed", fact: killed }];
const ended: StepFact = { kind: "exit", status: { kind: "code", code: 0 } };
const ends = (atMs: number): Step => [atMs, "exit", { detail: "exit code 0", fact: ended }];

test.each([
  ["ends with status 0 when it is told to", live(both, waits, [110, "shutdown"], ends(120)), []],
  [
    "fails when it is told to end",
    live(both, waits, [110, "shutdown"], crashes(120)),
    ["not-stopped: x ended with exit code 1 at SHUTDOWN, where 0 is expected"],
  ],
  [
    "goes on when it is told to end",
    live(both, waits, [110, "shutdown"], isKilled(199)),
    ["not-stopped: x went on after SHUTDOWN and was killed when its time was up"],
  ],
  ["did not ask for SHUTDOWN, and is killed", live(registers("INVOKE"), waits, isKilled(110)), []],
  [
    "crashes while it waits",
    live(both, waits, crashes(50)),
    ["ended: x ended (exit code 1) while it waited for an event"],
  ],
  [
    "crashes by the telemetry that comes before SHUTDOWN",
    live(both, waits, crashes(105)),
    ["ended: x ended (exit code 1) while it waited for an event"],
  ],
  [
    "crashes while it handles an event",
    live(both, waits, [3, "invoke"], crashes(50)),
    ["ended: x ended (exit code 1) instead of asking for the next event"],
  ],
  [
    "is busy with an event when its environment ends",
    live(both, waits, [3, "invoke"], isKilled(110)),
    ["stuck: x did not ask for the next event in time"],
  ],
  ["crashes before it registers", live(crashes(50)), ["not-started: x ended (exit code 1) before it registered"]],
  ["does not register in time", live(isKilled(110)), ["not-started: x did not register in time"]],
])("an extension that %s", (_, timeline, troubles) => {
  expect(findTroubles(timeline, ["x"]).map(({ kind, text }) => `${kind}: ${text}`)).toEqual(troubles);
});
