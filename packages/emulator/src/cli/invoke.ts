import { access, constants, open, writeFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { unlessInterrupted } from "../host/host.ts";
import type { Host } from "../host/host.ts";
import { withEnvironment } from "../host/with-environment.ts";
import type { EnvironmentOptions } from "../options/environment-options.ts";
import type { InvokeResult } from "../options/invoke-result.ts";
import { EmulatorError, errorCode, fileProblem } from "../problems/emulator-error.ts";
import { loadFunctions } from "../project/load-functions.ts";
import type { ProjectOptions } from "../project/load-functions.ts";
import { readEvent } from "../project/read-event.ts";
import type { EventSource } from "../project/read-event.ts";
import { createWorkspace, shortPath } from "../project/workspace.ts";
import { renderReport } from "../tell/page/page.ts";
import { createPrinter } from "../tell/printer.ts";
import { drawTimeline } from "../tell/timeline-text.ts";

/** `lambda-emulator invoke`, parsed. */
export interface InvokeCommand {
  /** Undefined: the template's only function. */
  readonly functionName: string | undefined;
  readonly event: EventSource;
  readonly count: number;
  /** How long the environment is frozen before each further invocation. Units: milliseconds. */
  readonly idleMs: number;
  readonly reportFile: string | undefined;
  readonly isJson: boolean;
  readonly isVerbose: boolean;
  readonly project: ProjectOptions;
}

/** The exit status if the function itself failed. */
const functionFailedStatus = 1;

/**
 * Runs one function with its extensions from init to shutdown. Log lines and timeline go to
 * stderr, the answer alone to stdout; with `--json` all of it as one document to stdout.
 * Returns the exit status. Errors: `EmulatorError` for bad input, `Interrupted`; nothing is left running in any case.
 */
export async function runInvoke(command: InvokeCommand, host: Host): Promise<number> {
  const { isJson, isVerbose } = command;
  const printer = createPrinter({ isVerbose, isSilent: isJson }, host);
  const functions = await loadFunctions(command.project, host);
  const loaded = await functions.resolve(command.functionName);
  const { logicalId } = loaded;
  const warnings = [...functions.warnings, ...loaded.warnings, ...loaded.unusedMappings];
  if (command.idleMs > 0 && !host.canMoveClock()) warnings.push(noClockMessage);
  for (const warning of warnings) printer.warning(warning);
  const event = await unlessInterrupted(readEvent(command.event, host), host.interrupted);
  const idleOptions = toIdleOptions(command, host);
  const reportPath = command.reportFile === undefined ? undefined : resolve(host.cwd, command.reportFile);
  if (reportPath !== undefined) await forReport(reportPath, mustBeWritable(reportPath));
  const workspace = createWorkspace({ host, ...printer });
  try {
    const prepared = await workspace.prepare(await loaded.plan());
    const options = { ...loaded.toOptions(prepared), ...idleOptions, onLine: printer.onLine };
    const done = await withEnvironment(options, host, async (environment) => {
      const answers: InvokeResult[] = [];
      for (let invocation = 0; invocation < command.count && !host.interrupted.aborted; invocation++) {
        if (invocation > 0 && idleOptions.clock === "movable") environment.skip(command.idleMs);
        const answer = await environment.invoke(event);
        await environment.idle();
        answers.push(answer);
        if (!isJson) host.stdout.write(`${answer.payload}\n`);
      }
      await environment.shutdown("spindown");
      return { answers, environment };
    });
    const { timeline, lines, reports } = done.environment;
    const document = { function: logicalId, answers: done.answers, warnings, lines, timeline };
    if (isJson) host.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
    else printer.say(`\n${drawTimeline(timeline, Math.min(host.stderr.columns ?? 100, 140))}`);
    if (reportPath !== undefined) {
      const page = renderReport({ title: logicalId, timeline, lines, reports });
      await forReport(reportPath, writeFile(reportPath, page));
      printer.onNote(`Report: ${shortPath(reportPath, host.cwd)}`);
    }
    return done.answers.some((answer) => answer.kind === "function-error") ? functionFailedStatus : 0;
  } finally {
    await workspace.close();
  }
}

const noClockMessage =
  "--idle: processes are stopped between invocations, but no time passes for them without libfaketime (Debian and Ubuntu: apt-get install faketime)";

/** Lambda stops every process of an environment that waits, so only the wall clock goes on meanwhile. */
function toIdleOptions(
  { idleMs }: { readonly idleMs: number },
  host: Host,
): Pick<EnvironmentOptions, "freeze" | "clock"> {
  if (idleMs === 0) return {};
  return { freeze: true, ...(host.canMoveClock() ? { clock: "movable" } : {}) };
}

/** Names the option if the work fails. */
async function forReport(path: string, work: Promise<void>): Promise<void> {
  await work.catch((error: unknown) => {
    const reason =
      errorCode(error) === "ENOENT" ? `its folder ${dirname(path)} is not there` : `it ${fileProblem(error)}`;
    throw new EmulatorError(`--report: ${path} cannot be written: ${reason}; name another file`);
  });
}

/** Leaves a file that exists as it is. */
async function mustBeWritable(path: string): Promise<void> {
  await access(dirname(path), constants.W_OK);
  const file = await open(path, "r+").catch((error: unknown) => {
    if (errorCode(error) === "ENOENT") return undefined;
    throw error;
  });
  await file?.close();
}
