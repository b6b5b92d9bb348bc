import type { LogLevel } from "../report.ts";

/** Everything an operator can choose, in the program's own units. */
export interface Settings {
  readonly port: number;
  readonly logLevel: LogLevel;
  readonly region: string;
  readonly maxConnections: number;
  readonly initWaitMs: number;
  readonly holdMs: number;
  readonly cache: CacheLimits;
  readonly parameterStore: ServiceSettings;
  readonly secretsManager: ServiceSettings;
  /** Names without which the function must not start. */
  readonly required: readonly string[];
}

/** How much is kept, and for how long past its time. */
export interface CacheLimits {
  readonly maxItems: number;
  readonly maxBytes: number;
  readonly staleIfErrorMs: number;
  readonly negativeTtlMs: number;
}

/** What is particular to one AWS service. */
export interface ServiceSettings {
  /** 0: nothing is kept. */
  readonly ttlMs: number;
  readonly timeoutMs: number;
  readonly endpoint: URL;
  /** Names to fetch before anybody asks. */
  readonly warm: readonly string[];
}
