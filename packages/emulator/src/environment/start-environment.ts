import { createFaultInjector } from "../api/fault-injector.ts";
import type { FaultInjector } from "../api/fault-injector.ts";
import { callerOf } from "../api/identify-extension.ts";
import { route } from "../api/router.ts";
import { passPiece } from "../api/runtime-api.ts";
import { startApiServer } from "../api/server.ts";
import type { ApiHandler, ApiServer } from "../api/server.ts";
import { limitCpu } from "../cpu-share/limit-cpu.ts";
import type { LogLine } from "../history/log-line.ts";
import { createRecent } from "../history/recent.ts";
import type { Report } from "../history/report.ts";
import { createTimeline } from "../history/timeline.ts";
import { createSandbox } from "../namespace/create-sandbox.ts";
import type { Sandbox } from "../namespace/sandbox.ts";
import type { EnvironmentOptions } from "../options/environment-options.ts";
import { resolveSettings } from "../options/settings.ts";
import { createLifecycle } from "../phases/lifecycle.ts";
import type { Lifecycle } from "../phases/lifecycle.ts";
import { createManagedLifecycle } from "../phases/managed-lifecycle.ts";
import { EmulatorError } from "../problems/emulator-error.ts";
import { createMovableClock, machineClock } from "../process/movable-clock.ts";
import type { ApiRequest } from "../state/api-request.ts";
import { findProcess } from "../state/generation.ts";
import type { Platform } from "../state/platform.ts";
import { createRelay } from "../telemetry/relay.ts";
import { toEnvironment } from "./environment.ts";
import type { Environment } from "./environment.ts";
import { rehearse } from "./rehearsal.ts";

/** Lines and timeline entries of some thousand invocations. */
const defaultHistoryLimit = 20_000;

/**
 * Starts Lambda's execution environment on this machine, and resolves when its init phase is over. Errors:
 * `EmulatorError` if something that it needs is missing; nothing is left behind.
 */
export async function startEnvironment(options: EnvironmentOptions): Promise<Environment> {
  const settings = resolveSettings(options);
  const handler: ApiHandler = { handle() {}, onPiece: () => 0 };
  const { sandbox, server } = await openBoth(
    openSandbox(options, settings.memorySizeMb),
    startApiServer(options.runtimeApiPort ?? 0, handler),
  );
  try {
    const faults = createFaultInjector(options.faults ?? [], (name) =>
      findProcess(lifecycle.generation, name)?.signal("SIGKILL"),
    );
    const { platform, lines, reports, keep } = createPlatform(
      options,
      { settings, sandbox, runtimeApi: server.address },
      faults,
    );
    const lifecycle =
      settings.initializationType === "lambda-managed-instances"
        ? createManagedLifecycle(platform)
        : createLifecycle(platform);
    const answerCall = (request: ApiRequest): void => {
      const answer = route(platform, lifecycle.generation, request);
      if (answer !== undefined) request.respond(answer);
    };
    handler.onPiece = (piece) => passPiece(lifecycle.generation, piece);
    handler.handle = (request) => faults.pass(request, callerOf(lifecycle.generation, request), answerCall);
    for (const { text } of sandbox.notices) {
      keep({ source: "platform", name: "platform", text, epochMs: platform.clock.epochMs(), isNotice: true });
    }
    await startUnlessAborted(lifecycle, options.signal);
    if (options.initialize === "at-first-invoke") await rehearse(sandbox, server.address);
    return toEnvironment({ platform, lifecycle, server, lines, reports, faults });
  } catch (error) {
    await server.close();
    await sandbox.close();
    throw error;
  }
}

async function openSandbox(options: EnvironmentOptions, memorySizeMb: number): Promise<Sandbox> {
  const sandbox = await createSandbox(options);
  return options.cpuShare === true ? limitCpu(sandbox, memorySizeMb) : sandbox;
}

/** Opens both at the same time. If one fails, the other is closed. */
async function openBoth(
  opening: Promise<Sandbox>,
  starting: Promise<ApiServer>,
): Promise<{ sandbox: Sandbox; server: ApiServer }> {
  const [sandbox, server] = await Promise.allSettled([opening, starting]);
  if (sandbox.status === "fulfilled" && server.status === "fulfilled") {
    return { sandbox: sandbox.value, server: server.value };
  }
  const outcomes = [sandbox, server];
  for (const one of outcomes) if (one.status === "fulfilled") await one.value.close();
  throw outcomes.find((one) => one.status === "rejected")?.reason;
}

async function startUnlessAborted(lifecycle: Lifecycle, signal: AbortSignal | undefined): Promise<void> {
  const abort = (): void => void lifecycle.abort();
  signal?.addEventListener("abort", abort, { once: true });
  if (signal?.aborted !== true) await lifecycle.start();
  signal?.removeEventListener("abort", abort);
  if (signal?.aborted !== true) return;
  // Init may have been over already.
  await lifecycle.shutdown("spindown");
  throw new EmulatorError("interrupted before the environment was up");
}

interface CreatedPlatform {
  readonly platform: Platform;
  readonly lines: readonly LogLine[];
  readonly reports: readonly Report[];
  /** Keeps a line without making a telemetry event of it. */
  readonly keep: (line: LogLine) => void;
}

function createPlatform(
  options: EnvironmentOptions,
  base: Pick<Platform, "settings" | "sandbox" | "runtimeApi">,
  faults: FaultInjector,
): CreatedPlatform {
  const limit = options.historyLimit ?? defaultHistoryLimit;
  const timeline = createTimeline(limit);
  const lines = createRecent<LogLine>(limit);
  const reports = createRecent<Report>(limit);
  const clock = options.clock === "movable" ? createMovableClock(base.sandbox.clockFolder) : machineClock;
  const telemetry = createRelay({
    rule: options.telemetryDelivery ?? "retry",
    logFormat: base.settings.logFormat,
    timeline,
    epochMs: () => clock.epochMs(),
    bodies: (name, events) => faults.bodies(name, events),
  });
  const keep = (line: LogLine): void => {
    lines.add(line);
    options.onLine?.(line);
  };
  const platform: Platform = {
    ...base,
    timeline,
    clock,
    telemetry,
    report: (report) => reports.add(report),
    write(source, name, text, requestId) {
      keep({ source, name, text, epochMs: clock.epochMs() });
      if (source !== "platform") telemetry.log(source, text, requestId);
    },
  };
  return { platform, lines: lines.entries, reports: reports.entries, keep };
}
