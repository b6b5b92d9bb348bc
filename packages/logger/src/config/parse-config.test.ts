import { describe, expect, test } from "vitest";
import { findMisspeltSettings, parseConfig } from "./parse-config.ts";
import { schema } from "./schema.ts";

const http = { LOGGER_DESTINATION: "http", LOGGER_HTTP_URL: "https://logs.example/ingest" };

function problemsOf(environment: Record<string, string>): readonly string[] {
  const parsed = parseConfig(environment);
  return parsed.kind === "problems" ? parsed.problems : [];
}

describe("parseConfig", () => {
  test("takes a destination and its address, and defaults for all other settings", () => {
    expect(parseConfig(http)).toEqual({
      kind: "settings",
      warnings: [],
      settings: {
        destination: {
          kind: "http",
          url: new URL("https://logs.example/ingest"),
          headers: {},
          compression: "gzip",
          timeoutMs: 5000,
        },
        types: ["platform", "function"],
        buffer: { maxItems: 100_000, maxBytes: 16_777_216 },
        batchMaxBytes: 2_097_152,
        flush: { budgetMs: 400, intervalMs: 0 },
      },
    });
  });

  test("reads every setting", () => {
    const parsed = parseConfig({
      LOGGER_DESTINATION: "file",
      LOGGER_FILE_PATH: "/tmp/lines.ndjson",
      LOGGER_FILE_MAX_BYTES: "65536",
      LOGGER_TYPES: "function, extension",
      LOGGER_MAX_ITEMS: "10",
      LOGGER_MAX_BYTES: "100000",
      LOGGER_BATCH_MAX_BYTES: "5000",
      LOGGER_FLUSH_BUDGET_MS: "250",
      LOGGER_FLUSH_INTERVAL_MS: "1000",
    });
    expect(parsed).toEqual({
      kind: "settings",
      warnings: [],
      settings: {
        destination: { kind: "file", path: "/tmp/lines.ndjson", maxBytes: 65_536 },
        types: ["function", "extension"],
        buffer: { maxItems: 10, maxBytes: 100_000 },
        batchMaxBytes: 5000,
        flush: { budgetMs: 250, intervalMs: 1000 },
      },
    });
  });

  test("says what to set if nothing is set", () => {
    expect(problemsOf({})).toEqual([
      'LOGGER_DESTINATION: expected "http" or "file" (and with it LOGGER_HTTP_URL or LOGGER_FILE_PATH), got nothing',
    ]);
  });

  test("takes an empty variable as not set", () => {
    expect(parseConfig({ ...http, LOGGER_TYPES: "", LOGGER_MAX_ITEMS: "" })).toEqual(parseConfig(http));
    expect(problemsOf({ LOGGER_DESTINATION: "" })).toHaveLength(1);
  });

  test("lists every problem at once", () => {
    const problems = problemsOf({
      LOGGER_DESTINATION: "http",
      LOGGER_HTTP_URL: "logs.example",
      LOGGER_HTTP_HEADERS: "authorization: Bearer x",
      LOGGER_HTTP_COMPRESSION: "zip",
      LOGGER_HTTP_TIMEOUT_MS: "1",
      LOGGER_FILE_PATH: "lines.ndjson",
      LOGGER_FILE_MAX_BYTES: "64 MiB",
      LOGGER_TYPES: "function,functions",
      LOGGER_MAX_ITEMS: "0",
      LOGGER_MAX_BYTES: "1e6",
      LOGGER_BATCH_MAX_BYTES: "-1",
      LOGGER_FLUSH_BUDGET_MS: "half a second",
      LOGGER_FLUSH_INTERVAL_MS: "1.5",
    });
    const names = problems.map((problem) => problem.slice(0, problem.indexOf(":")));
    const rest = Object.values(schema)
      .map((setting) => setting.name)
      .filter((name) => name !== "LOGGER_DESTINATION");
    expect(names.toSorted()).toEqual(rest.toSorted());
    expect(problems).toContain('LOGGER_MAX_ITEMS: expected a whole number from 1 to 1000000, got "0"');
    expect(problems).toContain(
      'LOGGER_TYPES: expected a comma-separated list of "platform", "function" or "extension", got "functions"',
    );
  });

  test.each([
    ["an unknown destination", { LOGGER_DESTINATION: "s3" }, 'LOGGER_DESTINATION: expected "http" or "file", got "s3"'],
    [
      "http without its address",
      { LOGGER_DESTINATION: "http" },
      'LOGGER_HTTP_URL: expected an http or https URL for "http", got nothing',
    ],
    [
      "a file without its path",
      { LOGGER_DESTINATION: "file" },
      'LOGGER_FILE_PATH: expected an absolute path for "file", got nothing',
    ],
    [
      "a batch larger than the buffer",
      { ...http, LOGGER_MAX_BYTES: "100000", LOGGER_BATCH_MAX_BYTES: "200000" },
      "LOGGER_BATCH_MAX_BYTES: expected at most LOGGER_MAX_BYTES (100000), got 200000",
    ],
  ])("names %s", (_what, environment, problem) => {
    expect(problemsOf(environment)).toEqual([problem]);
  });

  test("shortens a long value in its message", () => {
    expect(problemsOf({ ...http, LOGGER_TYPES: "x".repeat(5000) }).join("").length).toBeLessThan(300);
  });

  test.each([
    ["LOGGER_HTTP_URL", "ftp://user:secret@logs.example"],
    ["LOGGER_HTTP_URL", "secret"],
    ["LOGGER_HTTP_HEADERS", '{"authorization":"secret"'],
    ["LOGGER_HTTP_HEADERS", '{"authorization":["secret"]}'],
    ["LOGGER_HTTP_HEADERS", '["secret"]'],
    ["LOGGER_HTTP_HEADERS", '{"content-length":"5secret"}'],
    ["LOGGER_HTTP_HEADERS", '{"two words":"secret"}'],
    ["LOGGER_HTTP_HEADERS", '{"x":"secret\\n"}'],
  ])("never repeats what may be a credential: %s %s", (name, text) => {
    const problems = problemsOf({ ...http, [name]: text });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(new RegExp(`^${name}: expected .*, got `));
    expect(problems[0]).not.toContain("secret");
  });

  test("takes headers under lower-case names", () => {
    const parsed = parseConfig({
      ...http,
      LOGGER_HTTP_HEADERS: '{"Authorization":"Bearer x","Content-Type":"application/json"}',
    });
    expect(parsed).toMatchObject({
      settings: { destination: { headers: { authorization: "Bearer x", "content-type": "application/json" } } },
    });
  });
});

test("takes words in upper or lower case, and ignores spaces around a value", () => {
  expect(parseConfig({ LOGGER_DESTINATION: " HTTP ", LOGGER_HTTP_URL: http.LOGGER_HTTP_URL })).toEqual(
    parseConfig(http),
  );
});

describe("findMisspeltSettings", () => {
  test.each([
    ["LOGGER_HTP_URL", "LOGGER_HTTP_URL"],
    ["LOGER_HTTP_URL", "LOGGER_HTTP_URL"],
    ["LOGGER_DESTINATIONS", "LOGGER_DESTINATION"],
    ["LOGGER_FLUSH_INTERVAL", "LOGGER_FLUSH_INTERVAL_MS"],
    ["LOGGER_MAXBYTES", "LOGGER_MAX_BYTES"],
    ["LOGGER_TYPE", "LOGGER_TYPES"],
  ])("takes %s for %s", (name, meant) => {
    expect(findMisspeltSettings({ [name]: "", PATH: "/bin" })).toEqual([
      `${name}: no such setting; is ${meant} meant?`,
    ]);
  });

  test("does not name the function's own variables, nor the right ones", () => {
    const right = Object.fromEntries(Object.values(schema).map(({ name }) => [name, ""]));
    expect(
      findMisspeltSettings({
        ...right,
        LOGGER_LEVEL: "debug",
        LOGGER_NAME: "orders",
        LOG_LEVEL: "INFO",
        BLOGGER_TYPES: "a",
        logger_types: "b",
      }),
    ).toEqual([]);
  });
});
