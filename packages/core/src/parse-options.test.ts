import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ConfigError } from "./errors.ts";
import type { ExtensionContext } from "./extension-options.ts";
import { parseOptions } from "./parse-options.ts";

const context: ExtensionContext = {
  name: "x",
  registration: { identifierHint: "", functionName: "", functionVersion: "", handler: "", registeredBy: "core" },
  initializationType: "on-demand",
  hasTelemetry: false,
};

/** What the extension reports about its options. */
function problemsOf(given: unknown): readonly string[] {
  try {
    void parseOptions(given).onInit?.(context);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

const telemetry = { types: ["platform"], onEvents() {} };

describe("parseOptions", () => {
  test("returns right options, the same object", () => {
    const all = {
      name: "watch",
      events: ["INVOKE", "SHUTDOWN"],
      failure: "closed",
      telemetry: { ...telemetry, protocol: "TCP", port: 0, buffering: { maxItems: 1000, timeoutMs: 25 } },
      beforeRegister() {},
      onInit: undefined,
      onInvoke() {},
      onRestore() {},
      onShutdown() {},
      onStep() {},
      report() {},
    };
    expect(parseOptions(all)).toBe(all);
    expect(parseOptions({ events: [], telemetry: undefined })).toEqual({ events: [], telemetry: undefined });
  });

  test.each<readonly [string, unknown, readonly string[]]>([
    ["no options", undefined, ["options: expected an object, got undefined"]],
    ["null", null, ["options: expected an object, got null"]],
    ["a handler alone", () => {}, ["options: expected an object, got function"]],
    ["a list", [telemetry], ["options: expected an object, got object"]],
    ["a misspelt handler", { onInvok() {} }, ["onInvok: no such option; is onInvoke meant?"]],
    [
      "an option of something else",
      { plugins: [] },
      [
        "plugins: no such option; expected one of name, events, failure, telemetry, beforeRegister, onInit, onInvoke, " +
          "onRestore, onShutdown, onStep, report",
      ],
    ],
    [
      "an option that every object has",
      { valueOf() {} },
      [expect.stringMatching(/^valueOf: no such option; expected one of name, events, /)],
    ],
    [
      "a misspelt option of telemetry",
      { telemetry: { type: ["platform"], onEvents() {} } },
      [
        "telemetry.type: no such option; is telemetry.types meant?",
        'telemetry.types: expected at least one of "platform", "function", "extension", got undefined',
      ],
    ],
    [
      "telemetry without onEvents",
      { telemetry: { types: ["platform"] } },
      ["telemetry.onEvents: expected a function, got undefined"],
    ],
    ["telemetry that is a word", { telemetry: "platform" }, ['telemetry: expected an object, got "platform"']],
    [
      "a misspelt option of buffering",
      { telemetry: { ...telemetry, buffering: { timeout: 25 } } },
      ["telemetry.buffering.timeout: no such option; is telemetry.buffering.timeoutMs meant?"],
    ],
    ["an unknown word", { failure: "close" }, ['failure: expected "open" or "closed", got "close"']],
    [
      "an event that does not exist",
      { events: ["INVOK"] },
      ['events: expected a list of "INVOKE", "SHUTDOWN", got "INVOK"'],
    ],
    [
      "one event instead of a list",
      { events: "INVOKE" },
      ['events: expected a list of "INVOKE", "SHUTDOWN", got "INVOKE"'],
    ],
    [
      "everything at once, in the order of the options",
      { report: true, name: 5, onInit: "init", telemetry: { ...telemetry, types: [], protocol: "UDP", port: 9001 } },
      [
        "report: expected a function, got true",
        "name: expected text, got 5",
        'onInit: expected a function, got "init"',
        'telemetry.types: expected at least one of "platform", "function", "extension", got none',
        'telemetry.protocol: expected "HTTP" or "TCP", got "UDP"',
        "telemetry.port: expected 0 to 65535 except 9001, got 9001",
      ],
    ],
  ])("lists the problems of %s", (_what, given, problems) => {
    expect(problemsOf(given)).toEqual(problems);
  });

  test("keeps the name, the way to fail and the report of options that are wrong, and no handler", () => {
    const report = (): void => {};
    const options = parseOptions({ name: "watch", failure: "closed", report, onInvoke() {}, onInvok() {}, telemetry });
    expect(options).toEqual({ name: "watch", failure: "closed", report, onInit: expect.any(Function) });
    expect(Object.keys(parseOptions({ name: 5, onInvok() {} }))).toEqual(["onInit"]);
  });

  test("lets an instance of a class have fields of its own", () => {
    class Watch {
      count = 0;
      onInvoke(): void {
        this.count += 1;
      }
    }
    expect(problemsOf(new Watch())).toEqual([]);
  });

  test("shows nothing of an object, which may hold a credential", () => {
    expect(problemsOf({ report: { token: "hunter2" } })).toEqual(["report: expected a function, got object"]);
  });

  test("knows every option, and no other", () => {
    const source = readFileSync(new URL("extension-options.ts", import.meta.url), "utf8");
    const body = /^export interface ExtensionOptions \{\n([^]*?)^\}/m.exec(source)?.[1] ?? "";
    const members = [...body.matchAll(/^ {2}(?:readonly )?(\w+)\??[:(]/gm)].map(([, member]) => member);
    expect(problemsOf({ plugins: 1 })[0]).toContain(`expected one of ${members.join(", ")}`);
  });

  test("reports options that cannot be read", () => {
    const unreadable = {
      get onInvoke(): never {
        throw new TypeError("not yet");
      },
    };
    expect(problemsOf(unreadable)).toEqual([expect.stringMatching(/^options: reading them throws TypeError: not yet/)]);
    const traps = { get: () => unreadable.onInvoke, getPrototypeOf: () => unreadable.onInvoke };
    expect(problemsOf(new Proxy({}, traps))).toEqual([expect.stringMatching(/^options: reading them throws/)]);
  });

  test("never throws, for any value", () => {
    fc.assert(
      fc.property(fc.anything({ withBigInt: true, withNullPrototype: true, withSparseArray: true }), (given) => {
        for (const each of [given, { onInit: given }, { telemetry: given }, { telemetry: { types: given } }]) {
          expect(() => parseOptions(each)).not.toThrow();
        }
      }),
    );
  });
});
