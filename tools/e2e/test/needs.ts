import { inject } from "vitest";

/** For `describe.skipIf`. Returns true if `reason` says why the tests cannot run; then also prints it as a warning. */
export function isMissing(reason: string): boolean {
  if (reason !== "") console.warn(`SKIPPED: ${reason}`);
  return reason !== "";
}

/** For `describe.skipIf`. True if the tools from PyPI are missing: the SAM CLI, moto and AWS's emulator. */
export const lacksPythonTools: boolean = isMissing(inject("missingPythonTools"));
