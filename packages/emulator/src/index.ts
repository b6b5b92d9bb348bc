export { checkConformance } from "./conformance/check-conformance.ts";
export type { ConformanceOptions, ConformanceReport } from "./conformance/check-conformance.ts";
export type { CheckResult, ConformanceProgress } from "./conformance/run-checks.ts";
export { startEnvironment } from "./environment.ts";
export type {
  CallFilter,
  CallName,
  Environment,
  EnvironmentOptions,
  Fault,
  FunctionSpec,
  InitializationType,
  InvokeOptions,
  InvokeResult,
  LogLine,
  Mutation,
  ShutdownReason,
  TimelineEntry,
} from "./environment.ts";
export { EmulatorError } from "./errors.ts";
export { mutations } from "./faults/fault.ts";
export type { WatchedCall } from "./faults/fault.ts";
