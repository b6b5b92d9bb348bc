import type { TelemetryType } from "@lambda-extension/core";
import type { BufferLimits } from "../buffer/bounded-buffer.ts";
import type { DestinationConfig } from "../destinations/registry.ts";
import type { FlushConfig } from "../flush/flush-policy.ts";
import type { Setting } from "./setting.ts";
import { settings } from "./settings.ts";

/** What the environment variables say, parsed. Units: bytes and milliseconds. */
export interface LoggerConfig {
  readonly destination: DestinationConfig;
  /** What is shipped. */
  readonly types: readonly TelemetryType[];
  readonly buffer: BufferLimits;
  readonly batchMaxBytes: number;
  readonly flush: FlushConfig;
}

/** Either the whole configuration, or everything that is wrong with it. */
export type ParsedConfig =
  | { readonly kind: "config"; readonly config: LoggerConfig }
  | { readonly kind: "problems"; readonly problems: readonly string[] };

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads every setting from environment variables; an empty variable counts as not set.
 * Shape: each problem reads `NAME: expected …, got …`, all of them at once; a credential is never repeated in one.
 */
export function parseConfig(environment: Environment): ParsedConfig {
  const problems: string[] = [];
  const read = <Value>(setting: Setting<Value>): Value | undefined => {
    const text = environment[setting.name] ?? "";
    if (text === "") return setting.fallback;
    const value = setting.parse(text);
    if (value === undefined) problems.push(problemOf(setting, text));
    return value;
  };
  const required = <Value>(setting: Setting<Value>, reason: string): Value | undefined => {
    const text = environment[setting.name] ?? "";
    if (text === "") problems.push(`${setting.name}: expected ${setting.range}${reason}, got nothing`);
    return read(setting);
  };

  const kind = required(settings.destination, ` (and with it ${settings.httpUrl.name} or ${settings.filePath.name})`);
  const httpUrl = kind === "http" ? required(settings.httpUrl, ` for "http"`) : read(settings.httpUrl);
  const filePath = kind === "file" ? required(settings.filePath, ` for "file"`) : read(settings.filePath);
  const maxItems = read(settings.maxItems);
  const maxBytes = read(settings.maxBytes);
  const batchMaxBytes = read(settings.batchMaxBytes);
  const budgetMs = read(settings.flushBudgetMs);
  const intervalMs = read(settings.flushIntervalMs);
  const types = read(settings.types);
  const headers = read(settings.httpHeaders);
  const compression = read(settings.httpCompression);
  const timeoutMs = read(settings.httpTimeoutMs);
  const fileMaxBytes = read(settings.fileMaxBytes);
  if (batchMaxBytes !== undefined && maxBytes !== undefined && batchMaxBytes > maxBytes) {
    problems.push(
      `${settings.batchMaxBytes.name}: expected at most ${settings.maxBytes.name} (${maxBytes}), got ${batchMaxBytes}`,
    );
  }
  if (problems.length > 0) return { kind: "problems", problems };

  const http = whole({ url: httpUrl, headers, compression, timeoutMs });
  const file = whole({ path: filePath, maxBytes: fileMaxBytes });
  const rest = whole({ types, batchMaxBytes });
  const buffer = whole({ maxItems, maxBytes });
  const flush = whole({ budgetMs, intervalMs });
  const destination: DestinationConfig | undefined =
    kind === "http" ? http && { kind, ...http } : file && { kind: "file", ...file };
  if (!destination || !rest || !buffer || !flush) throw new Error("BUG: a setting without a value raised no problem");
  return { kind: "config", config: { ...rest, destination, buffer, flush } };
}

type Defined<Values> = { readonly [Name in keyof Values]: Exclude<Values[Name], undefined> };

/** The same object where every value is there, else undefined. */
function whole<Values extends object>(values: Values): Defined<Values> | undefined {
  return Object.values(values).includes(undefined) ? undefined : (values as Defined<Values>);
}

function problemOf(setting: Setting<unknown>, text: string): string {
  const shown = text.length > 80 ? `${text.slice(0, 80)}…` : text;
  const got =
    setting.isSecret === true ? "something else (not shown, it may hold a credential)" : JSON.stringify(shown);
  return `${setting.name}: expected ${setting.range}, got ${got}`;
}
