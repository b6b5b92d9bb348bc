import { runInNewContext } from "node:vm";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { describeError, errorName, problemsOf } from "./describe-error.ts";
import { ConfigError, errorCode, PlatformError } from "./errors.ts";

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

const secondLook = () => {
  throw new Error("a look at it throws");
};
const evil = new Proxy(new Error("x"), {
  get: secondLook,
  has: secondLook,
  getPrototypeOf: secondLook,
  ownKeys: secondLook,
  getOwnPropertyDescriptor: secondLook,
});
const revoked = Proxy.revocable({}, {});
revoked.revoke();
const withField = (key: string, field: PropertyDescriptor) => {
  const error = new Error("text");
  // Node.js writes the stack at its first read.
  expect(error.stack).toContain("text");
  return Object.defineProperty(error, key, field);
};

test.each([
  ["a proxy whose traps throw", () => evil, /^a value that cannot be shown$/],
  ["a proxy of an error that cannot be read", () => new Proxy(new Error("x"), { get: secondLook }), /cannot be shown$/],
  ["a revoked proxy", () => revoked.proxy, /^a value that cannot be shown$/],
  ["a message that throws", () => withField("message", { get: secondLook }), /^a value that cannot be shown$/],
  ["a message that is an object", () => withField("message", { value: { a: 1 } }), /^Error: \[object Object\]/],
  ["a stack that throws", () => withField("stack", { get: secondLook }), /^a value that cannot be shown$/],
  ["a stack that is a number", () => withField("stack", { value: 7 }), /^Error: text$/],
  ["a name that throws", () => withField("name", { get: secondLook }), /^Error: text \(at /],
  ["a name that is a symbol", () => withField("name", { value: Symbol("s") }), /^Symbol\(s\): text \(at /],
  ["a cause that is a proxy", () => withField("cause", { value: evil }), /^a value that cannot be shown$/],
  [
    "a cause whose message is no text",
    () => withField("cause", { value: withField("message", { value: 1 }) }),
    /shown$/,
  ],
  ["toJSON that throws", () => ({ toJSON: secondLook }), /^a value that cannot be shown$/],
  ["a symbol", () => Symbol("s"), /^Symbol\(s\)$/],
  ["a function", () => () => 1, /^\(\) => 1$/],
])("a look at what was thrown may throw: %s", (_name, boxed, expected) => {
  const thrown: unknown = boxed();
  expect(describeError(thrown)).toMatch(expected);
  expect(problemsOf(thrown)).toEqual([describeError(thrown)]);
  expect(errorCode(thrown)).toBeUndefined();
});

test("a cause that is the error itself ends", () => {
  const error = new Error("round");
  error.cause = error;
  expect(describeError(error)).toMatch(/^Error: round: round \(at /);
});

test("a message with 500,000 blanks takes no time", () => {
  // A search that begins anew at every blank takes minutes; this ends it.
  const describeSoon = (thrown: string): unknown =>
    runInNewContext("look()", { look: () => describeError(thrown) }, { timeout: 5000 });
  expect(describeSoon(`a${" ".repeat(500_000)}b`)).toMatch(/^a {8191}… \(500002 characters\)$/);
  expect(describeSoon(`a${" \r\n".repeat(500_000)}b`)).toBe("a b");
});

test("a long message is cut", () => {
  expect(describeError(new Error("x".repeat(1_000_000)))).toMatch(/^Error: x{8185}… \(100\d{4} characters\)$/);
});

test("a failing start reports each problem of a configuration, whatever it is", () => {
  expect(problemsOf(new ConfigError(["A: expected 1", "B: expected 2"]))).toEqual(["A: expected 1", "B: expected 2"]);
  const odd = Object.assign(new ConfigError([]), { problems: [Symbol("s"), evil, { a: 1 }] });
  expect(problemsOf(odd)).toEqual(["Symbol(s)", "a value that cannot be shown", '{"a":1}']);
  expect(problemsOf(Object.assign(new ConfigError(["text"]), { problems: 7 }))).toEqual(["text"]);
  expect(problemsOf(Object.assign(new ConfigError(["text"]), { problems: Array(1) }))).toEqual(["undefined"]);
  const unreadable = new Proxy(["text"], { get: secondLook });
  expect(problemsOf(Object.assign(new ConfigError(["text"]), { problems: unreadable }))).toEqual(["text"]);
});

test("describes anything in one line, and never throws", () => {
  const trap = fc.constantFrom("get", "has", "getPrototypeOf", "ownKeys", "getOwnPropertyDescriptor");
  const key = fc.constantFrom("message", "stack", "name", "cause", "code", "problems", "toJSON", "toString", "then");
  const value = fc.anything({ withBigInt: true, withDate: true, withNullPrototype: true, withSparseArray: true });
  const error = fc.tuple(fc.boolean(), fc.dictionary(key, fc.option(value))).map(([isConfig, fields]) => {
    const made = isConfig ? new ConfigError(["made"]) : new Error("made");
    for (const [name, given] of Object.entries(fields)) {
      Object.defineProperty(made, name, given === null ? { get: secondLook } : { value: given });
    }
    return made;
  });
  const proxy = fc
    .tuple(fc.oneof(error, fc.object()), fc.uniqueArray(trap))
    .map(([target, traps]) => ({ target, handler: Object.fromEntries(traps.map((name) => [name, secondLook])) }));
  fc.assert(
    fc.property(fc.oneof(value, error), proxy, fc.boolean(), (plain, { target, handler }, isProxy) => {
      const thrown: unknown = isProxy ? new Proxy(target, handler) : plain;
      for (const line of [describeError(thrown), ...problemsOf(thrown), errorName(thrown)]) {
        expect(typeof line).toBe("string");
        expect(line.length).toBeLessThan(9000);
      }
      expect(describeError(thrown)).not.toMatch(/[\r\n]/);
      expect(["string", "undefined"]).toContain(typeof errorCode(thrown));
    }),
  );
});
