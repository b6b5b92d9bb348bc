import * as fc from "fast-check";
import { expect, test } from "vitest";
import { extensionTransitionMessage, nextExtensionState } from "./extension-state.ts";
import type { ExtensionState, ExtensionStep } from "./extension-state.ts";

type Call = "register" | "next" | "init/error" | "exit/error" | "release";
const calls: readonly Call[] = ["register", "next", "init/error", "exit/error", "release"];

/** What the reference says about a call, told from the calls that succeeded so far. */
function isAllowed(done: readonly Call[], call: Call): boolean {
  const hasRegistered = done.includes("register");
  const isWaiting = done.findLast((step) => step === "next" || step === "release") === "next";
  const hasFailed = done.includes("init/error") || done.includes("exit/error");
  if (call === "register") return !hasRegistered;
  if (call === "next") return hasRegistered && !isWaiting && !hasFailed;
  if (call === "release") return isWaiting && !hasFailed;
  if (call === "init/error") return hasRegistered && !done.includes("next") && !done.includes("exit/error");
  return hasRegistered && !done.includes("init/error");
}

test("allows exactly the calls that the history allows", () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...calls), { maxLength: 30, size: "max" }), (sequence) => {
      let state: ExtensionState = "Started";
      const done: Call[] = [];
      for (const call of sequence) {
        const next = nextExtensionState(state, call);
        expect(next !== undefined, `${call} after ${done.join(" ")}`).toBe(isAllowed(done, call));
        if (next === undefined) continue;
        state = next;
        done.push(call);
      }
    }),
    { numRuns: 10_000 },
  );
});

test.each<[ExtensionState, ExtensionStep, string, string]>([
  [
    "Registered",
    "register",
    "probe",
    "State transition from Registered to Registered failed for extension probe. Error: State transition is not allowed",
  ],
  [
    "Ready",
    "next",
    "an-id",
    "State transition from Ready to Ready failed for extension an-id. Error: State transition is not allowed",
  ],
  [
    "InitError",
    "exit/error",
    "an-id",
    "State transition from InitError to Exited failed for extension an-id. Error: State transition is not allowed",
  ],
  [
    "Running",
    "init/error",
    "an-id",
    "State transition from Running to InitError failed for extension an-id. Error: State transition is not allowed",
  ],
])("words the refusal in %s of %s as the platform does", (state, step, label, message) => {
  expect(extensionTransitionMessage(state, step, label)).toBe(message);
});

test.each<[ExtensionState, ExtensionStep, ExtensionState]>([
  ["Started", "launch-failed", "LaunchError"],
  ["Running", "exited", "Exited"],
  ["Running", "killed", "ShutdownFailed"],
])("goes from %s by %s to %s", (state, step, next) => {
  expect(nextExtensionState(state, step)).toBe(next);
});
