import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { errorCode, PlatformError } from "./errors.ts";

test.each<readonly [string, unknown, string | undefined]>([
  ["a system error", Object.assign(new Error("x"), { code: "ECONNREFUSED" }), "ECONNREFUSED"],
  ["an error of the platform", new PlatformError("x", { code: "TimedOut" }), "TimedOut"],
  ["an error without a code", new Error("x"), undefined],
  ["an error whose code is a number", Object.assign(new Error("x"), { code: 7 }), undefined],
  ["an object that is no error", { code: "E" }, undefined],
  ["nothing", undefined, undefined],
])("of %s", (_what, error, code) => {
  expect(errorCode(error)).toBe(code);
});

test("of a file that does not exist", () => {
  let thrown: unknown;
  try {
    readFileSync("/no/such/file");
  } catch (error) {
    thrown = error;
  }
  expect(errorCode(thrown)).toBe("ENOENT");
});
