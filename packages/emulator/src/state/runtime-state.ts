/** States of the runtime, spelt as they stand in the API's error messages. */
export type RuntimeState =
  | "Started"
  | "InitError"
  | "Ready"
  | "Running"
  | "RestoreReady"
  | "Restoring"
  | "InvocationResponse"
  | "InvocationErrorResponse"
  | "RuntimeResponseSentState"
  | "RuntimeRestoreErrorState";

/**
 * What moves the runtime: calls of the Runtime API, and the platform's own steps after the semicolon in each row below.
 */
export type RuntimeStep =
  | "next"
  | "response"
  | "error"
  | "init/error"
  | "restore/next"
  | "restore/error"
  | "release"
  | "sent"
  | "restore";

type Row = Readonly<Partial<Record<RuntimeStep, RuntimeState>>>;

const transitions: Readonly<Record<RuntimeState, Row>> = {
  Started: { next: "Ready", "init/error": "InitError", "restore/next": "RestoreReady" },
  InitError: {},
  Ready: { next: "Ready", release: "Running" },
  // A runtime that asks again gets the same invocation again.
  Running: { next: "Running", response: "InvocationResponse", error: "InvocationErrorResponse" },
  RestoreReady: { restore: "Restoring" },
  Restoring: { next: "Ready", "init/error": "RuntimeRestoreErrorState", "restore/error": "RuntimeRestoreErrorState" },
  InvocationResponse: { sent: "RuntimeResponseSentState" },
  InvocationErrorResponse: { sent: "RuntimeResponseSentState" },
  RuntimeResponseSentState: { next: "Ready" },
  RuntimeRestoreErrorState: {},
};

/** The state each call asks for, as the error message names it. */
const targets: Readonly<Record<RuntimeStep, RuntimeState>> = {
  next: "Ready",
  response: "InvocationResponse",
  error: "InvocationErrorResponse",
  "init/error": "InitError",
  "restore/next": "RestoreReady",
  "restore/error": "RuntimeRestoreErrorState",
  release: "Running",
  sent: "RuntimeResponseSentState",
  restore: "Restoring",
};

/** The state after a step; undefined where the step is not allowed. */
export function nextRuntimeState(state: RuntimeState, step: RuntimeStep): RuntimeState | undefined {
  return transitions[state][step];
}

/** The message of the 403 for a step that is not allowed. */
export function runtimeTransitionMessage(state: RuntimeState, step: RuntimeStep): string {
  return `State transition from ${state} to ${targets[step]} failed for runtime. Error: State transition is not allowed`;
}
