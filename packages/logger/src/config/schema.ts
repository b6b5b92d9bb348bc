import {
  bytes,
  choice,
  jsonObject,
  list,
  milliseconds,
  secret,
  text,
  url,
  wholeNumber,
} from "@lambda-extension/core/settings";
import type { Meanings, SettingsSchema } from "@lambda-extension/core/settings";

const KiB = 1024;
const MiB = 1024 * KiB;

/** The logger sets these from the batch; a configured value could contradict the body. */
const ownHeaders = new Set([
  "connection",
  "content-encoding",
  "content-length",
  "host",
  "idempotency-key",
  "transfer-encoding",
]);

/** Every environment variable the logger reads. */
export const schema = {
  destination: {
    name: "LOGGER_DESTINATION",
    kind: choice(["http", "file"]),
    isRequired: true,
    hint: "and with it LOGGER_HTTP_URL or LOGGER_FILE_PATH",
  },
  types: {
    name: "LOGGER_TYPES",
    kind: list(choice(["platform", "function", "extension"])),
    default: "platform,function",
  },
  httpUrl: {
    name: "LOGGER_HTTP_URL",
    kind: secret(url),
    neededFor: { setting: "destination", value: "http" },
  },
  httpHeaders: {
    name: "LOGGER_HTTP_HEADERS",
    kind: secret(jsonObject("a JSON object of header names and text, without those the logger sets itself", toHeaders)),
    default: "{}",
  },
  httpCompression: {
    name: "LOGGER_HTTP_COMPRESSION",
    kind: choice(["gzip", "none"]),
    default: "gzip",
  },
  httpTimeoutMs: {
    name: "LOGGER_HTTP_TIMEOUT_MS",
    kind: milliseconds({ min: 50, max: 60_000 }),
    default: "5000",
  },
  filePath: {
    name: "LOGGER_FILE_PATH",
    kind: text("an absolute path", /^\//),
    neededFor: { setting: "destination", value: "file" },
  },
  fileMaxBytes: {
    name: "LOGGER_FILE_MAX_BYTES",
    kind: bytes({ min: 64 * KiB, max: 1024 * MiB }),
    default: `${64 * MiB}`,
  },
  maxItems: {
    name: "LOGGER_MAX_ITEMS",
    kind: wholeNumber({ min: 1, max: 1_000_000 }),
    default: "100000",
  },
  maxBytes: {
    name: "LOGGER_MAX_BYTES",
    kind: bytes({ min: 64 * KiB, max: 1024 * MiB }),
    default: `${16 * MiB}`,
  },
  batchMaxBytes: {
    name: "LOGGER_BATCH_MAX_BYTES",
    kind: bytes({ min: 4 * KiB, max: 64 * MiB }),
    default: `${2 * MiB}`,
  },
  flushBudgetMs: {
    name: "LOGGER_FLUSH_BUDGET_MS",
    kind: milliseconds({ min: 10, max: 60_000 }),
    default: "400",
  },
  flushIntervalMs: {
    name: "LOGGER_FLUSH_INTERVAL_MS",
    kind: milliseconds({ min: 0, max: 900_000 }),
    default: "0",
  },
} satisfies SettingsSchema;

/** The meanings in the README's table; a test compares the table with them and the schema. */
export const meanings: Meanings<typeof schema> = {
  destination: "Where lines go",
  types: "Which telemetry is shipped",
  httpUrl: "Where batches are posted; needed for `http`",
  httpHeaders: 'Headers of every request, such as `{"authorization":"Bearer token"}`',
  httpCompression: "How a request's body is encoded",
  httpTimeoutMs: "Longest wait for one answer; less where less time is left",
  filePath: "The file that lines are appended to; needed for `file`",
  fileMaxBytes: "A file that would grow past this moves to `<path>.1`, over the one before it",
  maxItems: "Lines kept in memory; the oldest is dropped and counted",
  maxBytes: "Bytes of lines kept in memory; the oldest is dropped and counted",
  batchMaxBytes: "Bytes of one batch before compression; a longer line is split",
  flushBudgetMs: "Longest time an invocation is held after the function has finished",
  flushIntervalMs:
    "Least time between two flushes; 0: at the end of every invocation (Managed Instances: every second)",
};

/**
 * Reads headers from a JSON object; names come back in lower case.
 * Errors: undefined for names and values HTTP forbids, and for headers the logger sets itself.
 */
function toHeaders(object: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> | undefined {
  const headers = Object.entries(object).map(([name, value]) => [name.toLowerCase(), value] as const);
  return headers.every(isHeader) ? Object.fromEntries(headers) : undefined;
}

/** Token and field value as in RFC 9110 §5.1 and §5.5. */
function isHeader(header: readonly [name: string, value: unknown]): header is readonly [string, string] {
  const [name, value] = header;
  const isValue = typeof value === "string" && /^[\t\x20-\x7e\x80-\xff]*$/.test(value);
  return isValue && /^[!#$%&'*+.^_`|~0-9a-z-]+$/.test(name) && !ownHeaders.has(name);
}
