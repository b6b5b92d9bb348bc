import type { TelemetryType } from "@lambda-extension/core";
import { findMisspelt, readSettings } from "@lambda-extension/core/settings";
import type { KnownSettings, SettingsOf, SettingsResult, Variables } from "@lambda-extension/core/settings";
import type { BufferLimits } from "../buffer/bounded-buffer.ts";
import type { DestinationConfig } from "../destinations/registry.ts";
import type { FlushConfig } from "../flush/flush-policy.ts";
import { schema } from "./schema.ts";

/** The environment variables, parsed. Units: bytes and milliseconds. */
export interface LoggerConfig {
  readonly destination: DestinationConfig;
  /** Which telemetry is shipped. */
  readonly types: readonly TelemetryType[];
  readonly buffer: BufferLimits;
  readonly batchMaxBytes: number;
  readonly flush: FlushConfig;
}

/**
 * Reads every setting from environment variables; an empty variable counts as not set.
 * Returns all problems at once, each as `NAME: expected …, got …`; no problem shows a credential.
 */
export function parseConfig(variables: Variables): SettingsResult<LoggerConfig> {
  const read = readSettings(schema, variables, contradictions);
  if (read.kind === "problems") return read;
  const { types, batchMaxBytes, maxItems, maxBytes, flushBudgetMs, flushIntervalMs } = read.settings;
  const settings = {
    destination: toDestination(read.settings),
    types,
    buffer: { maxItems, maxBytes },
    batchMaxBytes,
    flush: { budgetMs: flushBudgetMs, intervalMs: flushIntervalMs },
  };
  return { ...read, settings };
}

/**
 * Warnings about variables with a name near a setting's; the prefix may be `LOGER_`. Other variables are the
 * function's own.
 */
export function findMisspeltSettings(variables: Variables): readonly string[] {
  return findMisspelt(schema, variables, { own: /^LOGG?ER_/ });
}

function contradictions({ batchMaxBytes, maxBytes }: KnownSettings<typeof schema>): readonly string[] {
  if (batchMaxBytes === undefined || maxBytes === undefined || batchMaxBytes <= maxBytes) return [];
  return [`${schema.batchMaxBytes.name}: expected at most ${schema.maxBytes.name} (${maxBytes}), got ${batchMaxBytes}`];
}

function toDestination(settings: SettingsOf<typeof schema>): DestinationConfig {
  const { destination: kind, httpUrl: url, filePath: path } = settings;
  if (kind === "http" && url !== undefined) {
    const { httpHeaders: headers, httpCompression: compression } = settings;
    return { kind, url, headers, compression, timeoutMs: settings.httpTimeoutMs };
  }
  if (kind === "file" && path !== undefined) return { kind, path, maxBytes: settings.fileMaxBytes };
  throw new Error("BUG: a destination without its address raised no problem");
}
