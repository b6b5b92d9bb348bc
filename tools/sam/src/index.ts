export { ensureEnvironment, projectEnvironment, readEnvironmentState } from "./virtual-environment.ts";
export type { EnvironmentPlace, EnvironmentState } from "./virtual-environment.ts";
export { SetupError } from "./setup-error.ts";
export type { SetupProblem } from "./setup-error.ts";
