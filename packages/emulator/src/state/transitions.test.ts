import * as fc from "fast-check";
import { expect, test } from "vitest";
import { moveExtension, moveRuntime, transitionMessage } from "./transitions.ts";
import type { ExtensionState, ExtensionStep, RuntimeState, RuntimeStep } from "./transitions.ts";

type Call = "register" | "next" | "init/error" | "exit/error" | "release";
const calls: readonly Call[] = ["register", "next", "init/error", "exit/error", "release"];

/** What the reference says about a call, from the calls that succeeded so far. */
function isCallAllowed(done: readonly Call[], call: Call): boolean {
  const hasRegistered = done.includes("register");
  const isWaiting = done.findLast((step) => step === "next" || step === "release") === "next";
  const hasFailed = done.includes("init/error") || done.includes("exit/error");
  if (call === "register") return !hasRegistered;
  if (call === "next") return hasRegistered && !isWaiting && !hasFailed;
  if (call === "release") return isWaiting && !hasFailed;
  if (call === "init/error") return hasRegistered && !done.includes("next") && !done.includes("exit/error");
  return hasRegistered && !done.includes("init/error");
}

test("allows an extension exactly the calls that the history allows", () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...calls), { maxLength: 30, size: "max" }), (sequence) => {
      const slot: { state: ExtensionState } = { state: "Started" };
      const done: Call[] = [];
      for (const call of sequence) {
        const isDone = moveExtension(slot, call);
        expect(isDone, `${call} after ${done.join(" ")}`).toBe(isCallAllowed(done, call));
        if (isDone) done.push(call);
      }
    }),
    { numRuns: 10_000 },
  );
});

test.each([
  ["Registered", "register", "extension probe", "Registered"],
  ["Ready", "next", "extension an-id", "Ready"],
  ["InitError", "exit/error", "extension an-id", "Exited"],
  ["Running", "init/error", "extension an-id", "InitError"],
  ["RuntimeResponseSentState", "response", "runtime", "InvocationResponse"],
] as const)("words the refusal in %s of %s as the platform does", (state, call, caller, target) => {
  expect(transitionMessage(state, call, caller)).toBe(
    `State transition from ${state} to ${target} failed for ${caller}. Error: State transition is not allowed`,
  );
});

test.each<[ExtensionState, ExtensionStep, ExtensionState]>([
  ["Started", "launch-failed", "LaunchError"],
  ["Running", "exited", "Exited"],
  ["Running", "killed", "ShutdownFailed"],
])("an extension goes from %s by %s to %s", (state, step, next) => {
  const slot = { state };
  expect(moveExtension(slot, step)).toBe(true);
  expect(slot.state).toBe(next);
});

const steps: readonly RuntimeStep[] = ["next", "response", "error", "init/error", "release", "sent"];

/** What the reference says about a step, from the steps that succeeded so far (no snapshots here). */
function isStepAllowed(done: readonly RuntimeStep[], step: RuntimeStep): boolean {
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

test("allows the runtime exactly the steps that the history allows", () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...steps), { maxLength: 40, size: "max" }), (sequence) => {
      const slot: { state: RuntimeState } = { state: "Started" };
      const done: RuntimeStep[] = [];
      for (const step of sequence) {
        const isDone = moveRuntime(slot, step);
        expect(isDone, `${step} after ${done.join(" ")}`).toBe(isStepAllowed(done, step));
        if (isDone) done.push(step);
      }
    }),
    { numRuns: 10_000 },
  );
});

test.each<[RuntimeState, RuntimeStep, RuntimeState]>([
  ["Running", "next", "Running"],
  ["Started", "restore/next", "RestoreReady"],
  ["RestoreReady", "restore", "Restoring"],
  ["Restoring", "next", "Ready"],
  ["Restoring", "restore/error", "RuntimeRestoreErrorState"],
])("the runtime goes from %s by %s to %s", (state, step, next) => {
  const slot = { state };
  expect(moveRuntime(slot, step)).toBe(true);
  expect(slot.state).toBe(next);
});

test("stays where it is if the step is not allowed", () => {
  const slot: { state: RuntimeState } = { state: "RestoreReady" };
  expect(moveRuntime(slot, "next")).toBe(false);
  expect(slot.state).toBe("RestoreReady");
});
