import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  bytes,
  choice,
  endpoint,
  flag,
  jsonObject,
  list,
  milliseconds,
  seconds,
  secret,
  text,
  url,
  wholeNumber,
} from "./kinds.ts";
import type { Kind } from "./kinds.ts";

const lines = wholeNumber({ min: 1, max: 1000, unit: "lines" });
const size = bytes({ min: 64, max: 1024 });
const age = seconds({ min: 0, max: 300 });
const wait = milliseconds({ min: 10, max: 60_000 });
const level = choice(["INFO", "WARN", "NONE"]);
const levels = list(level);
const names = list(text("names", /^\w+$/));
const tags = jsonObject("a JSON object of tags", (object) =>
  Object.values(object).every((value) => typeof value === "string") ? object : undefined,
);

describe("a kind of setting", () => {
  test.each<readonly [string, Kind<unknown>, string, unknown]>([
    ["whole number", lines, "1000", 1000],
    ["whole number", wholeNumber({ min: 0, max: 9 }), "007", 7],
    ["number of bytes", size, "64", 64],
    ["duration in seconds", age, "300", 300_000],
    ["duration in seconds", age, "0", 0],
    ["duration in milliseconds", wait, "250", 250],
    ["flag", flag, "true", true],
    ["flag", flag, "FALSE", false],
    ["choice", level, "warn", "WARN"],
    ["list of choices", levels, " info ,NONE", ["INFO", "NONE"]],
    ["list of names", names, "b,a,b", ["b", "a"]],
    ["list", names, "", []],
    ["URL", url, "https://user:password@host/?q", new URL("https://user:password@host/?q")],
    ["endpoint", endpoint, "http://localhost:4566/path", new URL("http://localhost:4566/path")],
    ["text", text("a path", /^\//), "/tmp", "/tmp"],
    ["JSON object", tags, '{"a":"b"}', { a: "b" }],
    ["secret", secret(lines), "5", 5],
  ])("%s: takes %j", (_kind, kind, given, value) => {
    expect(kind.parse(given)).toEqual(value);
  });

  test.each<readonly [Kind<unknown>, readonly string[]]>([
    [lines, ["0", "1001", "-1", "1.5", "1e2", "", "one", "9".repeat(16)]],
    [size, ["63", "1025", "64 B", "1KiB"]],
    [age, ["301", "5s"]],
    [wait, ["9", "60001"]],
    [flag, ["", "yes", "1", "TRUELY"]],
    [level, ["", "loud", "INFO "]],
    [levels, ["INFO,loud", "INFO,", ","]],
    [url, ["", "host", "ftp://host", "//host"]],
    [endpoint, ["http://user@host", "http://host?q", "http://host#f", "localhost:4566"]],
    [tags, ["", "[]", "null", '"a"', "{", '{"a":1}']],
    [secret(lines), ["1001"]],
  ])("refuses values out of its range", (kind, texts) => {
    expect(texts.map((given) => kind.parse(given))).toEqual(texts.map(() => undefined));
  });

  test.each<readonly [Kind<unknown>, string]>([
    [lines, "a whole number of lines from 1 to 1000"],
    [wholeNumber({ min: 0, max: 9 }), "a whole number from 0 to 9"],
    [size, "a whole number of bytes from 64 to 1024"],
    [age, "a whole number of seconds from 0 to 300"],
    [choice(["http", "file"]), '"http" or "file"'],
    [levels, 'a comma-separated list of "INFO", "WARN" or "NONE"'],
    [secret(url), "an http or https URL"],
  ])("describes its range", (kind, range) => {
    expect(kind.range).toBe(range);
  });

  test.each<readonly [string, Kind<unknown>, string, string]>([
    ["the wrong values of a list", names, "/a,b, c d", '"/a,c d"'],
    ["a list with an empty place as it is", names, "a,,b", '"a,,b"'],
    ["no user, no password and no query of an endpoint", endpoint, "https://u:p@h/?t=s", '"https://…@h/…"'],
    ["nothing of a secret", secret(url), "pass", "something else (not shown, it may hold a credential)"],
    ["nothing of a list of secrets", list(secret(lines)), "pass", secret(lines).show?.("") ?? ""],
  ])("shows %s", (_what, kind, given, shown) => {
    expect(kind.show?.(given)).toBe(shown);
  });
});

describe("any text", () => {
  const kinds: readonly Kind<unknown>[] = [lines, size, age, wait, flag, level, levels, names, url, endpoint, tags];

  test("is a value or is refused, and never throws", () => {
    fc.assert(
      fc.property(fc.string(), (given) => {
        for (const kind of kinds) expect(() => [kind.parse(given), kind.show?.(given)]).not.toThrow();
      }),
    );
  });

  test("of a number in its range is that number, and of a list is its values", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1000 }), (value) => {
        expect(lines.parse(String(value))).toBe(value);
      }),
    );
    fc.assert(
      fc.property(fc.uniqueArray(fc.stringMatching(/^\w+$/)), (values) => {
        expect(names.parse(values.join(" , "))).toEqual(values);
      }),
    );
  });

  test("is not shown if it may be a secret", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z0-9]{12,30}$/), (password) => {
        expect(secret(url).show?.(password)).not.toContain(password);
        expect(endpoint.show?.(`https://user:${password}@host/`)).not.toContain(password);
        expect(endpoint.show?.(`https://host/?token=${password}`)).not.toContain(password);
      }),
    );
  });
});
