import type { SettingsOf } from "@lambda-extension/core/settings";
import type { schema } from "./schema.ts";

/** The values of the environment variables, one for each. */
export type Values = SettingsOf<typeof schema>;

/** Everything an operator can choose, in the program's own units. */
export interface Settings extends Pick<
  Values,
  "port" | "logLevel" | "region" | "maxConnections" | "initWaitMs" | "holdMs"
> {
  readonly cache: CacheLimits;
  readonly parameterStore: ServiceSettings;
  readonly secretsManager: ServiceSettings;
  /** Names without which the function must not start. */
  readonly required: readonly string[];
}

/** How much the cache keeps, and for how long past its time. */
export interface CacheLimits extends Pick<Values, "maxBytes" | "staleIfErrorMs" | "negativeTtlMs"> {
  readonly maxItems: number;
}

/** What is particular to one AWS service. */
export interface ServiceSettings {
  /** How long a value is served; 0: the cache keeps none. */
  readonly ttlMs: number;
  /** How long a fetch may take, retries included. */
  readonly timeoutMs: number;
  readonly endpoint: URL;
  /** Names to fetch before the function asks. */
  readonly warm: readonly string[];
}
