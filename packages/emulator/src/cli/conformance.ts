import { resolve } from "node:path";
import { checkConformance } from "../conformance/check-conformance.ts";
import type { ConformanceOptions } from "../conformance/check-conformance.ts";
import { Interrupted, unlessInterrupted } from "../host/host.ts";
import type { Host } from "../host/host.ts";
import { untilClosed } from "../host/with-environment.ts";
import { changeWarning } from "../project/prebuilt-layer.ts";
import { createConformancePrinter } from "../tell/conformance-printer.ts";
import { createPrinter } from "../tell/printer.ts";

/** `lambda-emulator conformance`, parsed. */
export interface ConformanceCommand extends Omit<ConformanceOptions, "signal" | "onProgress"> {
  /** Prints the report as one JSON document, and nothing else. */
  readonly isJson: boolean;
}

/** The exit status if a check fails. */
const checkFailedStatus = 1;

/**
 * Checks the extensions of a layer. The table goes to stdout, progress to a terminal's stderr.
 * Returns the exit status. Errors: `EmulatorError` for bad input, `Interrupted`; nothing is left running.
 */
export async function runConformance(command: ConformanceCommand, host: Host): Promise<number> {
  const { isJson } = command;
  const printer = createConformancePrinter(host);
  const layer = resolve(host.cwd, command.layer);
  const warning = await changeWarning(layer, host.cwd);
  if (warning !== undefined) createPrinter({ isVerbose: false }, host).warning(warning);
  const running = checkConformance({
    ...command,
    layer,
    signal: host.interrupted,
    onProgress: (progress) => {
      if (!isJson) printer.progress(progress);
    },
  });
  try {
    const report = await unlessInterrupted(running, host.interrupted);
    if (isJson) host.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
    else printer.end(report);
    return report.failed > 0 ? checkFailedStatus : 0;
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
    await untilClosed(Promise.allSettled([running]), host.interrupted);
    throw error;
  }
}
