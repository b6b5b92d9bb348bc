import type { LogLine } from "../history/log-line.ts";
import type { Report } from "../history/report.ts";
import type { Timeline } from "../history/timeline.ts";
import type { Sandbox } from "../namespace/sandbox.ts";
import type { Settings } from "../options/settings.ts";
import type { EnvironmentClock } from "../process/movable-clock.ts";
import type { TelemetryRelay } from "../telemetry/relay.ts";

/** What every phase works with. */
export interface Platform {
  readonly settings: Settings;
  readonly sandbox: Sandbox;
  readonly telemetry: TelemetryRelay;
  readonly timeline: Timeline;
  readonly clock: EnvironmentClock;
  /** `127.0.0.1:port`. */
  readonly runtimeApi: string;
  /**
   * Takes a line of output: keeps it, tells the caller, and makes a telemetry event of a function's or an extension's.
   */
  write(source: LogLine["source"], name: string, text: string, requestId?: string): void;
  /** Keeps what a phase took. */
  report(report: Report): void;
}
