import { fileChecks } from "./checks/files.ts";
import { lifeCycleChecks } from "./checks/life-cycle.ts";
import { platformChecks } from "./checks/platform.ts";
import { telemetryChecks } from "./checks/telemetry.ts";
import type { Check } from "./trial/check.ts";

/** Every check, each after those it needs. */
export const checks: readonly Check[] = [...fileChecks, ...lifeCycleChecks, ...platformChecks, ...telemetryChecks];
