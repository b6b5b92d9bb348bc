import { ignoresNodeOptions, ignoresProxies } from "./checks/customer.ts";
import { architecture, executeBit, extensionFound, lineEndings, shebang, strayFiles } from "./checks/files.ts";
import { asksForEvents, name, obeysShutdown, starts, staysAlive } from "./checks/life-cycle.ts";
import {
  endsOnContainerError,
  ignoresUnknownEvents,
  slowPlatform,
  survivesDeadSockets,
  survivesFreeze,
  survivesFullTmp,
  survivesReset,
  worksOnManagedInstances,
} from "./checks/platform.ts";
import {
  acknowledges,
  listensFirst,
  takesLargeBatches,
  takesMalformedBatches,
  takesObjectRecords,
  takesRedelivery,
  takesUnknownTelemetry,
  worksWithoutTelemetry,
} from "./checks/telemetry.ts";
import type { Check } from "./trial/check.ts";

/** Every check, each after those it needs. */
export const checks: readonly Check[] = [
  extensionFound,
  strayFiles,
  executeBit,
  shebang,
  lineEndings,
  architecture,
  name,
  starts,
  staysAlive,
  asksForEvents,
  obeysShutdown,
  ignoresUnknownEvents,
  survivesFreeze,
  survivesDeadSockets,
  slowPlatform,
  endsOnContainerError,
  survivesReset,
  worksOnManagedInstances,
  survivesFullTmp,
  ignoresNodeOptions,
  ignoresProxies,
  listensFirst,
  acknowledges,
  worksWithoutTelemetry,
  takesUnknownTelemetry,
  takesObjectRecords,
  takesLargeBatches,
  takesRedelivery,
  takesMalformedBatches,
];
