import * as fc from "fast-check";
import { expect, test } from "vitest";
import { nextRuntimeState, runtimeTransitionMessage } from "./runtime-state.ts";
import type { RuntimeState, RuntimeStep } from "./runtime-state.ts";

const steps: readonly RuntimeStep[] = ["next", "response", "error", "init/error", "release", "sent"];

/** What the reference says about a step, told from the steps that succeeded so far (no snapshots here). */
function isAllowed(done: readonly RuntimeStep[], step: RuntimeStep): boolean {
  if (done.includes("init/error")) return false;
  const lastRelease = done.lastIndexOf("release");
  const since = done.slice(lastRelease + 1);
  const isInvoked = lastRelease !== -1 && !since.includes("sent");
  const isAnswering = isInvoked && (since.includes("response") || since.includes("error"));
  const isWaiting =
    lastRelease === -1
      ? done.includes("next")
      : since.includes("sent") && since.slice(since.indexOf("sent")).includes("next");
  if (step === "next") return !isAnswering;
  if (step === "release") return isWaiting;
  if (step === "sent") return isAnswering;
  if (step === "init/error") return done.length === 0;
  return isInvoked && !isAnswering;
}

test("allows exactly the steps that the history allows", () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...steps), { maxLength: 40, size: "max" }), (sequence) => {
      let state: RuntimeState = "Started";
      const done: RuntimeStep[] = [];
      for (const step of sequence) {
        const next = nextRuntimeState(state, step);
        expect(next !== undefined, `${step} after ${done.join(" ")}`).toBe(isAllowed(done, step));
        if (next === undefined) continue;
        state = next;
        done.push(step);
      }
    }),
    { numRuns: 10_000 },
  );
});

test.each<[RuntimeState, RuntimeStep, RuntimeState | undefined]>([
  ["Running", "next", "Running"],
  ["Started", "restore/next", "RestoreReady"],
  ["RestoreReady", "restore", "Restoring"],
  ["Restoring", "next", "Ready"],
  ["Restoring", "restore/error", "RuntimeRestoreErrorState"],
  ["RestoreReady", "next", undefined],
])("goes from %s by %s to %s", (state, step, next) => {
  expect(nextRuntimeState(state, step)).toBe(next);
});

test("words the refusal of a second response as the platform does", () => {
  expect(runtimeTransitionMessage("RuntimeResponseSentState", "response")).toBe(
    "State transition from RuntimeResponseSentState to InvocationResponse failed for runtime. Error: State transition is not allowed",
  );
});
