import type { FaultInjector } from "../api/fault-injector.ts";
import type { ApiServer } from "../api/server.ts";
import type { LogLine, Notice } from "../history/log-line.ts";
import type { Report } from "../history/report.ts";
import type { TimelineEntry } from "../history/timeline.ts";
import type { Isolation } from "../namespace/sandbox.ts";
import type { Fault } from "../options/fault.ts";
import type { InvokeOptions, InvokeResult } from "../options/invoke-result.ts";
import type { Lifecycle } from "../phases/lifecycle.ts";
import type { ShutdownReason } from "../phases/shutdown.ts";
import { killProcess } from "../state/generation.ts";
import type { Platform } from "../state/platform.ts";

/** A running execution environment. */
export interface Environment {
  /** `127.0.0.1:port`, the value of AWS_LAMBDA_RUNTIME_API. */
  readonly runtimeApi: string;
  readonly lines: readonly LogLine[];
  readonly timeline: readonly TimelineEntry[];
  /** The environment's /tmp as a path of this machine. */
  readonly tmpPath: string;
  /** What each phase took: the figures of REPORT, INIT_REPORT and RESTORE_REPORT. */
  readonly reports: readonly Report[];
  /** Whether the processes see Lambda's own paths. */
  readonly isolation: Isolation;
  /** Where this machine could not be like Lambda. */
  readonly notices: readonly Notice[];
  /**
   * Invokes the function with a value that becomes JSON, or with bytes as they are. Resolves when the runtime has
   * answered, and rejects only if the environment is closed. Calls are queued.
   */
  invoke(event: unknown, options?: InvokeOptions): Promise<InvokeResult>;
  /** Resolves when the last invocation is over for every extension too: the moment Lambda would freeze. */
  idle(): Promise<void>;
  /** Makes trouble from now on. Returns the function that ends it. */
  addFault(fault: Fault): () => void;
  /** Signals a process group: `runtime`, or an extension by its name. Default SIGKILL. */
  kill(name: string, signal?: NodeJS.Signals): void;
  /** Cuts the connections on which no call is open, as networks do during a freeze. */
  cutIdleConnections(): void;
  /** Moves the wall clock ahead as if the environment had been frozen that long. Units: milliseconds. */
  skip(durationMs: number): void;
  /** SHUTDOWN with its reason, the 2 s limit, the kill; idempotent. */
  shutdown(reason?: ShutdownReason): Promise<void>;
  /** Breaks off an unanswered invocation, shuts down, ends every process and removes every mount; idempotent. */
  close(): Promise<void>;
}

/** What an environment is made of. */
export interface EnvironmentParts {
  readonly platform: Platform;
  readonly lifecycle: Lifecycle;
  readonly server: ApiServer;
  readonly lines: readonly LogLine[];
  readonly reports: readonly Report[];
  readonly faults: FaultInjector;
}

/** The environment as its caller sees it. */
export function toEnvironment(parts: EnvironmentParts): Environment {
  const { platform, lifecycle, server, lines, reports, faults } = parts;
  const { sandbox } = platform;
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
    timeline: platform.timeline.entries,
    tmpPath: sandbox.tmpPath,
    reports,
    isolation: sandbox.isolation,
    notices: sandbox.notices,
    invoke: (event, options = {}) => lifecycle.invoke(event, options),
    skip(durationMs) {
      platform.clock.skip(durationMs);
      platform.timeline.mark("platform", "skip", { detail: `${durationMs} ms`, fact: { kind: "skip", durationMs } });
    },
    addFault: (fault) => faults.add(fault),
    kill: (name, signal) => killProcess(lifecycle.generation, name, signal),
    cutIdleConnections: () => server.cutIdleConnections(),
    idle: () => lifecycle.idle(),
    shutdown,
    close: () => (closing ??= close()),
  };
}
