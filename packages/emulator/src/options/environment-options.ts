import type { LogLine } from "../history/log-line.ts";
import type { Fault } from "./fault.ts";

/** The function to run. */
export interface FunctionSpec {
  readonly name?: string;
  /** `nodejs20.x`–`nodejs24.x`, `python3.10`–`python3.14`, `provided.*`. */
  readonly runtime: string;
  /** As in a SAM template: `app.lambda_handler`, `index.handler`. */
  readonly handler: string;
  /** The folder (or zip file) that becomes /var/task. */
  readonly codePath: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Default 3, at most 900; fractions are taken. */
  readonly timeoutSeconds?: number;
  /** Default 128. */
  readonly memorySizeMb?: number;
  /** Default `$LATEST`. */
  readonly version?: string;
  /** The command that speaks the Runtime API, instead of the emulator's own client: the way to run any language. */
  readonly bootstrap?: readonly string[];
}

/** How an environment is initialised: the values of AWS_LAMBDA_INITIALIZATION_TYPE. */
export type InitializationType = "on-demand" | "provisioned-concurrency" | "snap-start" | "lambda-managed-instances";

/**
 * What happens to a batch that cannot be delivered, or that becomes due while another batch is under way.
 * `retry`: the batch waits and is sent again, after 100 ms doubling up to 5 s, as the documentation says.
 * `strict`: the batch is lost, as in the official emulator for Managed Instances.
 */
export type DeliveryRule = "retry" | "strict";

/** What `startEnvironment` runs, and how. */
export interface EnvironmentOptions {
  readonly function: FunctionSpec;
  /** Folders (or zip files) that become /opt, merged in order. */
  readonly layers: readonly string[];
  /**
   * `lambda` (default), or `rie`: the oddities of AWS's own emulator. Telemetry and Logs API answer 202 and never
   * deliver, init waits for the first invocation and runs under its timeout, the answer waits for the extensions,
   * extensions get no trace and other reasons with SHUTDOWN.
   */
  readonly compat?: "lambda" | "rie";
  /** Default `on-demand`. */
  readonly initializationType?: InitializationType;
  /** What init may take. Default: 10 on demand, otherwise 130 or the function's timeout, whichever is longer. */
  readonly initTimeoutSeconds?: number;
  /** Workers that the runtime starts on Managed Instances, each with one invocation at a time. Default 4. */
  readonly maxConcurrency?: number;
  /** `Text` (default) or `JSON`. */
  readonly logFormat?: "Text" | "JSON";
  /** Stop every process between invocations, as Lambda does. Default false. */
  readonly freeze?: boolean;
  /**
   * Give the environment the CPU time that Lambda gives for its memory, if this machine's control groups allow it.
   * Default false.
   */
  readonly cpuShare?: boolean;
  /** Default: a free port of 127.0.0.1. */
  readonly runtimeApiPort?: number;
  /** Default `us-east-1`. */
  readonly region?: string;
  /** Default `123456789012`. */
  readonly accountId?: string;
  /** `AWS_ACCESS_KEY_ID` and its companions; default: placeholders that open nothing. */
  readonly credentials?: Readonly<Record<string, string>>;
  /** The Node that stands at /var/lang/bin/node of a nodejs function; default: the one running the emulator. */
  readonly nodePath?: string;
  /**
   * `namespace` (default): Lambda's own paths in a mount namespace, if this machine allows one; else as `paths`, and a
   * notice says so. `paths`: no namespace, paths rewritten.
   */
  readonly isolation?: "namespace" | "paths";
  /** Default `retry`. */
  readonly telemetryDelivery?: DeliveryRule;
  /** Faults from the start on. */
  readonly faults?: readonly Fault[];
  /** A /tmp that cannot be written to, or has no room left; only in a mount namespace. Default `normal`. */
  readonly tmp?: "normal" | "full" | "read-only";
  /** `at-once` (default), or `at-first-invoke`: only the folders are ready until an invocation starts the processes. */
  readonly initialize?: "at-once" | "at-first-invoke";
  /**
   * `movable`: `environment.skip` moves the wall clock of the processes ahead and leaves their monotonic clock alone,
   * as a long freeze does. Needs libfaketime; Python's processes keep the machine's clock. Default `machine`.
   */
  readonly clock?: "machine" | "movable";
  /** How many of the newest lines and timeline entries are kept. Default 20,000 of each. */
  readonly historyLimit?: number;
  /** Breaks off the start. */
  readonly signal?: AbortSignal;
  /** Called for each line that is written. */
  onLine?(line: LogLine): void;
}
