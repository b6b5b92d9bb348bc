import type { Host } from "../host.ts";
import type { Destination } from "./destination.ts";
import { createFileDestination } from "./file.ts";
import type { FileConfig } from "./file.ts";
import { createHttpDestination } from "./http.ts";
import type { HttpConfig } from "./http.ts";
import { retrying } from "./retrying.ts";

interface DestinationConfigs {
  readonly http: HttpConfig;
  readonly file: FileConfig;
}

type Kind = keyof DestinationConfigs;

/** Every kind of destination and its settings. */
export type DestinationConfig<K extends Kind = Kind> = { [P in K]: { readonly kind: P } & DestinationConfigs[P] }[K];

/** Waits between tries: drawn from 0 to 50 ms, doubling up to 2 s. */
const waits = { baseMs: 50, capMs: 2000 };

/** Appending to a file takes milliseconds: what has not ended by then hangs. */
const fileTimeoutMs = 2000;

const factories: {
  readonly [K in Kind]: (config: DestinationConfig<K>, host: Host) => Destination;
} = {
  http: (config, host) =>
    retrying(createHttpDestination(config, host), { ...waits, attemptTimeoutMs: config.timeoutMs }, host),
  file: (config, host) => retrying(createFileDestination(config), { ...waits, attemptTimeoutMs: fileTimeoutMs }, host),
};

/** The destination a configuration names, with retries. */
export function createDestination<K extends Kind>(config: DestinationConfig<K>, host: Host): Destination {
  return factories[config.kind](config, host);
}
