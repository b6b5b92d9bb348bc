import { passPiece } from "./api/response-stream.ts";
import { route } from "./api/router.ts";
import { startApiServer } from "./api/server.ts";
import type { ApiHandler, ApiRequest, ApiServer } from "./api/server.ts";
import { limitCpu } from "./cpu-share/limit-cpu.ts";
import type { EnvironmentOptions, LogLine } from "./environment-options.ts";
import { EmulatorError } from "./errors.ts";
import { createFaultInjector } from "./faults/fault-injector.ts";
import type { FaultInjector } from "./faults/fault-injector.ts";
import type { Fault } from "./faults/fault.ts";
import type { InvokeOptions, InvokeResult } from "./invoke-result.ts";
import { createMovableClock, machineClock } from "./movable-clock.ts";
import { createSandbox } from "./namespace/sandbox.ts";
import type { Sandbox } from "./namespace/sandbox.ts";
import { createLifecycle } from "./phases/lifecycle.ts";
import type { Lifecycle } from "./phases/lifecycle.ts";
import { createManagedLifecycle } from "./phases/managed-lifecycle.ts";
import { callerOf, findProcess, killProcess } from "./phases/processes.ts";
import type { ShutdownReason } from "./phases/shutdown.ts";
import type { World } from "./phases/world.ts";
import { createRecent } from "./recent.ts";
import { rehearse } from "./rehearsal.ts";
import { resolveSettings } from "./settings.ts";
import { createRelay } from "./telemetry/relay.ts";
import { createTimeline } from "./timeline.ts";
import type { TimelineEntry } from "./timeline.ts";

export type { EnvironmentOptions, FunctionSpec, InitializationType, LogLine } from "./environment-options.ts";
export type { CallFilter, CallName, Fault, Mutation } from "./faults/fault.ts";
export type { InvokeOptions, InvokeResult } from "./invoke-result.ts";
export type { ShutdownReason } from "./phases/shutdown.ts";
export type { TimelineEntry } from "./timeline.ts";

/** Lines and timeline entries of some thousand invocations. */
const defaultHistoryLimit = 20_000;

/** A running execution environment. */
export interface Environment {
  /** `127.0.0.1:port`, the value of AWS_LAMBDA_RUNTIME_API. */
  readonly runtimeApi: string;
  readonly lines: readonly LogLine[];
  readonly timeline: readonly TimelineEntry[];
  /** The environment's /tmp as a path of this machine. */
  readonly tmpPath: string;
  /** Where this machine could not be like Lambda. */
  readonly notices: readonly string[];
  /**
   * Invokes the function with a value that becomes JSON, or with bytes as they are. Resolves at `/response` time and
   * rejects only where the environment is closed. Calls are queued.
   */
  invoke(event: unknown, options?: InvokeOptions): Promise<InvokeResult>;
  /** Resolves when the last invocation is over for every extension too: the moment Lambda would freeze. */
  idle(): Promise<void>;
  /** Makes trouble from now on; the returned function ends it. */
  addFault(fault: Fault): () => void;
  /** Signals a process group: `runtime`, or an extension by its name. Default SIGKILL. */
  kill(name: string, signal?: NodeJS.Signals): void;
  /** Cuts the connections on which no call is open, as a network does that forgot them during a freeze. */
  cutIdleConnections(): void;
  /** Moves the wall clock ahead as if the environment had been frozen that long. Units: milliseconds. */
  skip(durationMs: number): void;
  /** SHUTDOWN with its reason, the 2 s limit, the kill; idempotent. */
  shutdown(reason?: ShutdownReason): Promise<void>;
  /**
   * Shutdown, then every process ended and every mount gone; idempotent. An invocation without an answer is broken off.
   */
  close(): Promise<void>;
}

/**
 * Starts Lambda's execution environment on this machine and resolves when its init phase is over.
 * Rejects with `EmulatorError` where something it needs is missing, leaving nothing behind.
 */
export async function startEnvironment(options: EnvironmentOptions): Promise<Environment> {
  const settings = resolveSettings(options);
  const handler: ApiHandler = { handle() {}, onPiece: () => 0 };
  const { sandbox, server } = await openBoth(
    openSandbox(options, settings.memorySizeMb),
    startApiServer(options.runtimeApiPort ?? 0, handler),
  );
  try {
    const faults = createFaultInjector({
      faults: options.faults ?? [],
      kill: (name) => findProcess(lifecycle.generation, name)?.signal("SIGKILL"),
    });
    const { world, lines, keep } = createWorld(options, { settings, sandbox, runtimeApi: server.address }, faults);
    const lifecycle =
      settings.initializationType === "lambda-managed-instances"
        ? createManagedLifecycle(world)
        : createLifecycle(world);
    const answerCall = (request: ApiRequest): void => {
      const answer = route(world, lifecycle.generation, request);
      if (answer !== undefined) request.respond(answer);
    };
    handler.onPiece = (piece) => passPiece(lifecycle.generation, piece);
    handler.handle = (request) =>
      faults.pass(request, { extension: callerOf(lifecycle.generation, request) }, answerCall);
    for (const text of sandbox.notices) {
      keep({ source: "platform", name: "platform", text, epochMs: world.clock.epochMs(), isNotice: true });
    }
    await startUnlessAborted(lifecycle, options.signal);
    if (options.initialize === "at-first-invoke") await rehearse(sandbox, server.address);
    return toEnvironment({ world, lifecycle, server, sandbox, lines, faults });
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

/** They do not need each other; where one fails, the other is closed. */
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

function createWorld(
  options: EnvironmentOptions,
  base: Pick<World, "settings" | "sandbox" | "runtimeApi">,
  faults: FaultInjector,
): { world: World; lines: readonly LogLine[]; keep: (line: LogLine) => void } {
  const limit = options.historyLimit ?? defaultHistoryLimit;
  const timeline = createTimeline(limit);
  const lines = createRecent<LogLine>(limit);
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
  const world: World = {
    ...base,
    timeline,
    clock,
    telemetry,
    write(source, name, text, requestId) {
      keep({ source, name, text, epochMs: clock.epochMs() });
      if (source !== "platform") telemetry.log(source, text, requestId);
    },
  };
  return { world, lines: lines.entries, keep };
}

interface Parts {
  readonly world: World;
  readonly lifecycle: Lifecycle;
  readonly server: ApiServer;
  readonly sandbox: Sandbox;
  readonly lines: readonly LogLine[];
  readonly faults: FaultInjector;
}

function toEnvironment({ world, lifecycle, server, sandbox, lines, faults }: Parts): Environment {
  let closing: Promise<void> | undefined;
  const shutdown = (reason: ShutdownReason = "spindown"): Promise<void> => lifecycle.shutdown(reason);
  const close = async (): Promise<void> => {
    try {
      await lifecycle.abort();
      await shutdown();
    } finally {
      await server.close();
      await sandbox.close();
    }
  };
  return {
    runtimeApi: server.address,
    lines,
    timeline: world.timeline.entries,
    tmpPath: sandbox.tmpPath,
    notices: sandbox.notices,
    invoke: (event, options = {}) => lifecycle.invoke(event, options),
    skip(durationMs) {
      world.clock.skip(durationMs);
      world.timeline.mark("platform", "skip", { detail: `${durationMs} ms` });
    },
    addFault: (fault) => faults.add(fault),
    kill: (name, signal) => killProcess(lifecycle.generation, name, signal),
    cutIdleConnections: () => server.cutIdleConnections(),
    idle: () => lifecycle.idle(),
    shutdown,
    close: () => (closing ??= close()),
  };
}
