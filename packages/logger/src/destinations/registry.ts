import type { Destination, Host } from "./destination.ts";
import { createFileDestination } from "./file.ts";
import type { FileConfig } from "./file.ts";
import { createHttpDestination } from "./http.ts";
import type { HttpConfig } from "./http.ts";
import { retrying } from "./retrying.ts";

/** Every kind of destination and its settings. */
export type DestinationConfig = ({ readonly kind: "http" } & HttpConfig) | ({ readonly kind: "file" } & FileConfig);

/** Waits between tries: drawn from 0 to 50 ms, doubling up to 2 s. */
const waits = { baseMs: 50, capMs: 2000 };

/** Appending to a file takes milliseconds: an append that takes longer hangs. */
const fileTimeoutMs = 2000;

/** The destination of a configuration, with retries. */
export function createDestination(config: DestinationConfig, host: Host): Destination {
  switch (config.kind) {
    case "http":
      return retrying(createHttpDestination(config, host), { ...waits, attemptTimeoutMs: config.timeoutMs }, host);
    case "file":
      return retrying(createFileDestination(config), { ...waits, attemptTimeoutMs: fileTimeoutMs }, host);
  }
}
