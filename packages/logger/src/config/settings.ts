import { isAbsolute } from "node:path";
import type { TelemetryType } from "@lambda-extension/core";
import { parseHeaders } from "./parse-headers.ts";
import { choiceSetting, integerSetting, listSetting } from "./setting.ts";
import type { Setting } from "./setting.ts";

const KiB = 1024;
const MiB = 1024 * KiB;

const url: Setting<URL> = {
  name: "LOGGER_HTTP_URL",
  meaning: "Where batches are posted; needed for `http`",
  range: "an http or https URL",
  fallback: undefined,
  fallbackText: "none",
  isSecret: true,
  parse(text) {
    const parsed = URL.canParse(text) ? new URL(text) : undefined;
    return parsed?.protocol === "http:" || parsed?.protocol === "https:" ? parsed : undefined;
  },
};

const headers: Setting<Readonly<Record<string, string>>> = {
  name: "LOGGER_HTTP_HEADERS",
  meaning: 'Headers of every request, such as `{"authorization":"Bearer token"}`',
  range: "a JSON object of header names and text, without those the logger sets itself",
  fallback: {},
  fallbackText: "{}",
  isSecret: true,
  parse: parseHeaders,
};

const filePath: Setting<string> = {
  name: "LOGGER_FILE_PATH",
  meaning: "The file that lines are appended to; needed for `file`",
  range: "an absolute path",
  fallback: undefined,
  fallbackText: "none",
  parse: (text) => (isAbsolute(text) ? text : undefined),
};

const everyType: readonly TelemetryType[] = ["platform", "function", "extension"];

/** Every environment variable the logger reads; the README's table is held against it by a test. */
export const settings = {
  destination: choiceSetting({
    name: "LOGGER_DESTINATION",
    meaning: "Where lines go",
    choices: ["http", "file"],
  }),
  types: listSetting({
    name: "LOGGER_TYPES",
    meaning: "Which telemetry is shipped",
    choices: everyType,
    fallback: ["platform", "function"],
  }),
  httpUrl: url,
  httpHeaders: headers,
  httpCompression: choiceSetting({
    name: "LOGGER_HTTP_COMPRESSION",
    meaning: "How a request's body is encoded",
    choices: ["gzip", "none"],
    fallback: "gzip",
  }),
  httpTimeoutMs: integerSetting({
    name: "LOGGER_HTTP_TIMEOUT_MS",
    meaning: "Longest wait for one answer; less where less time is left",
    min: 50,
    max: 60_000,
    fallback: 5000,
  }),
  filePath,
  fileMaxBytes: integerSetting({
    name: "LOGGER_FILE_MAX_BYTES",
    meaning: "A file that would grow past this moves to `<path>.1`, over the one before it",
    min: 64 * KiB,
    max: 1024 * MiB,
    fallback: 64 * MiB,
  }),
  maxItems: integerSetting({
    name: "LOGGER_MAX_ITEMS",
    meaning: "Lines kept in memory; the oldest is dropped and counted",
    min: 1,
    max: 1_000_000,
    fallback: 100_000,
  }),
  maxBytes: integerSetting({
    name: "LOGGER_MAX_BYTES",
    meaning: "Bytes of lines kept in memory; the oldest is dropped and counted",
    min: 64 * KiB,
    max: 1024 * MiB,
    fallback: 16 * MiB,
  }),
  batchMaxBytes: integerSetting({
    name: "LOGGER_BATCH_MAX_BYTES",
    meaning: "Bytes of one batch before compression; a longer line is split",
    min: 4 * KiB,
    max: 64 * MiB,
    fallback: 2 * MiB,
  }),
  flushBudgetMs: integerSetting({
    name: "LOGGER_FLUSH_BUDGET_MS",
    meaning: "Longest time an invocation is held after the function has finished",
    min: 10,
    max: 60_000,
    fallback: 400,
  }),
  flushIntervalMs: integerSetting({
    name: "LOGGER_FLUSH_INTERVAL_MS",
    meaning: "Least time between two flushes; 0: at the end of every invocation (Managed Instances: every second)",
    min: 0,
    max: 900_000,
    fallback: 0,
  }),
};
