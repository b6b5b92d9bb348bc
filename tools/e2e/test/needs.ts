import { inject } from "vitest";

/** For `describe.skipIf`: true where `reason` says why the tests cannot run; says it loudly. */
export function isMissing(reason: string): boolean {
  if (reason !== "") console.warn(`SKIPPED: ${reason}`);
  return reason !== "";
}

/** For `describe.skipIf`: the SAM CLI, moto and AWS's emulator come from PyPI and cannot be had here. */
export const lacksPythonTools: boolean = isMissing(inject("missingPythonTools"));
