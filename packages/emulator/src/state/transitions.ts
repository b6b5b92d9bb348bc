/** States of an extension, spelt as they stand in `platform.extension` and in the API's error messages. */
export type ExtensionState =
  | "Started"
  | "Registered"
  | "Ready"
  | "Running"
  | "InitError"
  | "ExitError"
  | "ShutdownFailed"
  | "Exited"
  | "LaunchError";

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

/** What moves an extension: its calls, the release of an event, and how its process starts and ends. */
export type ExtensionStep = ExtensionCall | "release" | "launch-failed" | "exited" | "killed";

/** Calls of the Extensions API that move an extension. */
export type ExtensionCall = "register" | "next" | "init/error" | "exit/error";

/** What moves the runtime: its calls, and the platform's own steps. */
export type RuntimeStep = RuntimeCall | "release" | "sent" | "restore";

/** Calls of the Runtime API that move the runtime. */
export type RuntimeCall = "next" | "response" | "error" | "init/error" | "restore/next" | "restore/error";

/** For each state, the steps that are allowed in it and the states that follow. */
type Transitions<State extends string, Step extends string> = Readonly<
  Record<State, Readonly<Partial<Record<Step, State>>>>
>;

const extensionTransitions: Transitions<ExtensionState, ExtensionStep> = {
  Started: { register: "Registered", "launch-failed": "LaunchError" },
  Registered: { next: "Ready", "init/error": "InitError", "exit/error": "ExitError" },
  Ready: { release: "Running", "exit/error": "ExitError" },
  Running: { next: "Ready", "exit/error": "ExitError", exited: "Exited", killed: "ShutdownFailed" },
  InitError: { "init/error": "InitError" },
  ExitError: { "exit/error": "ExitError" },
  ShutdownFailed: {},
  Exited: {},
  LaunchError: {},
};

const runtimeTransitions: Transitions<RuntimeState, RuntimeStep> = {
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

/** The state that a call asks for, as the official emulator's error messages name it. */
const targets: Readonly<Record<ExtensionCall | RuntimeCall, string>> = {
  register: "Registered",
  next: "Ready",
  response: "InvocationResponse",
  error: "InvocationErrorResponse",
  "init/error": "InitError",
  "exit/error": "Exited",
  "restore/next": "RestoreReady",
  "restore/error": "RuntimeRestoreErrorState",
};

/** Moves an extension. Returns false, and changes nothing, if its state does not allow the step. */
export const moveExtension = createMove(extensionTransitions);

/** Moves the runtime. Returns false, and changes nothing, if its state does not allow the step. */
export const moveRuntime = createMove(runtimeTransitions);

function createMove<State extends string, Step extends string>(transitions: Transitions<State, Step>) {
  return (slot: { state: State }, step: Step): boolean => {
    const next = transitions[slot.state][step];
    if (next === undefined) return false;
    slot.state = next;
    return true;
  };
}

/** The message of the 403 for a call that the state does not allow; `caller` is `runtime`, or `extension NAME`. */
export function transitionMessage(state: string, call: keyof typeof targets, caller: string): string {
  return `State transition from ${state} to ${targets[call]} failed for ${caller}. Error: State transition is not allowed`;
}
