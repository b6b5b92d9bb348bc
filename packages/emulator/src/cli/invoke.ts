import { access, constants, open, writeFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import type { EnvironmentOptions, InvokeResult } from "../environment.ts";
import { EmulatorError } from "../errors.ts";
import type { CommandLine } from "./command-line.ts";
import { parseDuration } from "./duration.ts";
import { fileProblem } from "./file-problem.ts";
import { unlessInterrupted } from "./io.ts";
import type { Io } from "./io.ts";
import { loadFunctions } from "./load-functions.ts";
import { planCode, unusedMappings } from "./plan-code.ts";
import { createPrinter } from "./printer.ts";
import { readEvent } from "./read-event.ts";
import { renderReport } from "./report/page.ts";
import { withEnvironment } from "./running-environment.ts";
import { drawTimeline } from "./timeline-text.ts";
import { createWorkspace, shortPath } from "./workspace.ts";

/** The exit status where the function itself failed. */
const functionFailedStatus = 1;

/**
 * `lambda-emulator invoke`: runs one function with its extensions from init to shutdown. Log lines and timeline go to
 * stderr, the answer alone to stdout; with `--json` all of it as one document to stdout.
 * Shape: the exit status. Errors: `EmulatorError` for bad input, `Interrupted`; nothing is left running in any case.
 */
export async function runInvoke(line: CommandLine, io: Io): Promise<number> {
  const request = readRequest(line);
  const printer = createPrinter(line, io);
  const isJson = line.options.has("json");
  const functions = await loadFunctions(line, io);
  const { resolved, environmentOptions, ...found } = functions.resolve(request.name);
  const unused = unusedMappings(resolved, functions.layerMappings);
  const warnings = [
    ...functions.warnings,
    ...found.warnings,
    ...(await functions.findStale(request.name)),
    ...unused.map((name) => `--layer-mapping: ${resolved.logicalId} has no layer ${name}`),
  ];
  if (request.idleMs > 0 && !io.canMoveClock()) warnings.push(noClockMessage);
  for (const warning of warnings) printer.warning(warning);
  const event = await unlessInterrupted(readEvent(request.eventFile, io), io.interrupted);
  const idleOptions = toIdleOptions(request, io);
  const reportPath = request.reportFile === undefined ? undefined : resolve(io.cwd, request.reportFile);
  if (reportPath !== undefined) await forReport(reportPath, mustBeWritable(reportPath));
  const workspace = createWorkspace({ io, ...printer });
  try {
    const plan = await planCode(resolved, { cwd: io.cwd, layerMappings: functions.layerMappings });
    const { codePath, layers } = await workspace.prepare(plan);
    const spec = { ...environmentOptions.function, codePath };
    const options = { ...environmentOptions, ...idleOptions, function: spec, layers, onLine: printer.onLine };
    const done = await withEnvironment(options, io, async (environment) => {
      const answers: InvokeResult[] = [];
      for (let invocation = 0; invocation < request.count && !io.interrupted.aborted; invocation++) {
        if (invocation > 0 && idleOptions.clock === "movable") environment.skip(request.idleMs);
        const answer = await environment.invoke(event);
        await environment.idle();
        answers.push(answer);
        if (!isJson) io.stdout.write(`${answer.payload}\n`);
      }
      await environment.shutdown("spindown");
      return { answers, environment };
    });
    const { timeline, lines } = done.environment;
    const document = { function: resolved.logicalId, answers: done.answers, warnings, lines, timeline };
    if (isJson) io.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
    else printer.say(`\n${drawTimeline(timeline, { columns: Math.min(io.stderr.columns ?? 100, 140) })}`);
    if (reportPath !== undefined) {
      const page = renderReport({ title: resolved.logicalId, timeline, lines });
      await forReport(reportPath, writeFile(reportPath, page));
      printer.onNote(`Report: ${shortPath(reportPath, io.cwd)}`);
    }
    return done.answers.some((answer) => answer.kind === "function-error") ? functionFailedStatus : 0;
  } finally {
    await workspace.close();
  }
}

function readRequest({ positionals, options }: CommandLine) {
  const [name, extra] = positionals;
  if (extra !== undefined) throw new EmulatorError(`unexpected argument ${extra}: invoke runs one function`);
  const eventFile = options.get("event")?.[0];
  if (eventFile !== undefined && options.has("no-event")) {
    throw new EmulatorError("give --event or --no-event, not both");
  }
  const given = options.get("count")?.[0] ?? "1";
  const count = Number(given);
  if (!Number.isInteger(count) || count < 1) {
    throw new EmulatorError(`--count: expected a whole number from 1, got ${given}`);
  }
  const idle = options.get("idle")?.[0];
  if (idle !== undefined && count === 1) {
    throw new EmulatorError("--idle is the time between invocations: give --count, 2 or more");
  }
  const idleMs = idle === undefined ? 0 : parseDuration(idle, "--idle");
  return { name, eventFile, count, idleMs, reportFile: options.get("report")?.[0] };
}

const noClockMessage =
  "--idle: processes are stopped between invocations, but no time passes for them without libfaketime (Debian and Ubuntu: apt-get install faketime)";

/**
 * Lambda stops every process of an environment that waits, so nothing runs meanwhile and only the wall clock goes on.
 */
function toIdleOptions({ idleMs }: { readonly idleMs: number }, io: Io): Pick<EnvironmentOptions, "freeze" | "clock"> {
  if (idleMs === 0) return {};
  return { freeze: true, ...(io.canMoveClock() ? { clock: "movable" } : {}) };
}

/** Checked before anything runs and again when written. */
async function forReport(path: string, work: Promise<void>): Promise<void> {
  await work.catch((error: unknown) => {
    const isFolderMissing = error instanceof Error && "code" in error && error.code === "ENOENT";
    const reason = isFolderMissing ? `its folder ${dirname(path)} is not there` : `it ${fileProblem(error)}`;
    throw new EmulatorError(`--report: ${path} cannot be written: ${reason}; name another file`);
  });
}

/** A file that is there is left as it is. */
async function mustBeWritable(path: string): Promise<void> {
  await access(dirname(path), constants.W_OK);
  const file = await open(path, "r+").catch((error: unknown) => {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  });
  await file?.close();
}
