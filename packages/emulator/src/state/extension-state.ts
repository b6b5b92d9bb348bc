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

/** What moves an extension: its calls, the release of an event, and how its process starts and ends. */
export type ExtensionStep =
  | "register"
  | "next"
  | "init/error"
  | "exit/error"
  | "release"
  | "launch-failed"
  | "exited"
  | "killed";

type Row = Readonly<Partial<Record<ExtensionStep, ExtensionState>>>;

const transitions: Readonly<Record<ExtensionState, Row>> = {
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

const targets: Readonly<Record<ExtensionStep, ExtensionState>> = {
  register: "Registered",
  next: "Ready",
  "init/error": "InitError",
  "exit/error": "ExitError",
  release: "Running",
  "launch-failed": "LaunchError",
  exited: "Exited",
  killed: "ShutdownFailed",
};

/** The name the official emulator prints for the target of a call (`exit/error` asks for "Exited"). */
const targetNames: Readonly<Partial<Record<ExtensionStep, string>>> = { "exit/error": "Exited" };

/** The state after a step; undefined where the step is not allowed. */
export function nextExtensionState(state: ExtensionState, step: ExtensionStep): ExtensionState | undefined {
  return transitions[state][step];
}

/** The message of the 403 for a step that is not allowed; `label` is the name in register, else the identifier. */
export function extensionTransitionMessage(state: ExtensionState, step: ExtensionStep, label: string): string {
  const target = targetNames[step] ?? targets[step];
  return `State transition from ${state} to ${target} failed for extension ${label}. Error: State transition is not allowed`;
}
