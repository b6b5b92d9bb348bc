import { expect, test } from "vitest";
import { describeError } from "./describe-error.ts";
import { ConfigError, PlatformError } from "./errors.ts";

test("an expected error is its message, without a place", () => {
  expect(describeError(new ConfigError(["A: expected 1, got 2", "B: expected 3, got 4"]))).toBe(
    "A: expected 1, got 2; B: expected 3, got 4",
  );
  expect(describeError(new PlatformError("no answer", { code: "ECONNRESET" }))).toBe("no answer");
});

test("any other error has its class and its place, on one line", () => {
  expect(describeError(new RangeError("a\r\nb"))).toMatch(/^RangeError: a b \(at .*describe-error\.test\.ts.*\)$/);
});

test("the cause stands beside it, and the place is not inside Node.js", () => {
  const cause = Object.assign(new Error("connect ECONNREFUSED 127.0.0.1:9"), { code: "ECONNREFUSED" });
  const error = new TypeError("fetch failed", { cause });
  error.stack =
    "TypeError: fetch failed\n    at node:internal/deps/undici/undici:1:2\n    at send (/opt/x/index.cjs:3:4)";
  expect(describeError(error)).toBe(
    "TypeError: fetch failed: connect ECONNREFUSED 127.0.0.1:9 (at send (/opt/x/index.cjs:3:4))",
  );
  expect(describeError(new Error("no", { cause: Object.assign(new Error(""), { code: "EPIPE" }) }))).toMatch(
    /^Error: no: EPIPE \(at /,
  );
});

test.each([
  ["text\nof two lines", "text of two lines"],
  [undefined, "undefined"],
  [null, "null"],
  [{ a: 1 }, '{"a":1}'],
  [Object.create(null), "{}"],
  [5n, "a value that cannot be shown"],
])("anything can be thrown: %o", (thrown, expected) => {
  expect(describeError(thrown)).toBe(expected);
});
