export { ensureEnvironment, projectEnvironment, readEnvironmentState, SetupError } from "./virtual-environment.ts";
export type { EnvironmentPlace, EnvironmentState, SetupProblem } from "./virtual-environment.ts";
