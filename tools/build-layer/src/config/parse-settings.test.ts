import { assert as assertProperty, jsonValue, property, string } from "fast-check";
import { describe, expect, test } from "vitest";
import { parseSettings } from "./parse-settings.ts";

const minimal = { name: "hello-extension", entry: "src/main.ts" };

function problemsOf(value: unknown, inherited?: unknown): readonly string[] {
  const parsed = parseSettings(value, inherited);
  return parsed.kind === "problems" ? parsed.problems : [];
}

describe("parseSettings", () => {
  test("fills in the defaults", () => {
    expect(parseSettings(minimal)).toEqual({
      kind: "settings",
      settings: {
        ...minimal,
        events: ["INVOKE", "SHUTDOWN"],
        register: "launcher",
        start: "eager",
        engine: "shared",
        runtime: "node",
        architectures: ["x86_64", "arm64"],
        sourceMap: false,
        assets: [],
        external: [],
        loader: {},
        keepNames: false,
        budgets: {},
        environment: {},
        policies: [],
      },
    });
  });

  test("builds a carried engine for x86_64 alone unless told otherwise", () => {
    expect(parseSettings({ ...minimal, engine: "carried" })).toMatchObject({ settings: { architectures: ["x86_64"] } });
  });

  test("refuses Bun if the engine is the function's own Node", () => {
    expect(problemsOf({ ...minimal, runtime: "bun" })).toEqual([
      expect.stringMatching(/^lambdaExtension\.runtime: expected "node" with/),
    ]);
    expect(problemsOf({ ...minimal, runtime: "bun", engine: "auto" })).toEqual([]);
  });

  test("takes what the program itself decides, and nothing else, from the package that is the entry", () => {
    const inherited = {
      name: "logger",
      events: ["SHUTDOWN"],
      register: "self",
      engine: "carried",
      entry: "src/main.ts",
      environment: { A: "1" },
    };
    const own = { name: "my-logger", entry: "@lambda-extension/logger" };
    expect(parseSettings(own, inherited)).toMatchObject({
      settings: { ...own, events: ["SHUTDOWN"], register: "self", engine: "shared", environment: { A: "1" } },
    });
    expect(parseSettings({ ...own, register: "launcher" }, inherited)).toMatchObject({
      settings: { register: "launcher" },
    });
  });

  test("lists every problem at once", () => {
    expect(
      problemsOf({
        name: "a/b",
        entry: "",
        events: ["INVOKE", "START"],
        register: 1,
        engine: "own",
        architectures: [],
        colour: 1,
      }),
    ).toEqual([
      'lambdaExtension.colour: expected one of the settings name, entry, events, register, start, engine, runtime, architectures, sourceMap, assets, external, loader, keepNames, budgets, environment, policies, got "colour"',
      'lambdaExtension.name: expected a plain file name of letters, digits, dots, dashes and underscores, got "a/b"',
      'lambdaExtension.entry: expected a file of this package, or the name of a package, got ""',
      'lambdaExtension.engine: expected "shared", "carried" or "auto", got "own"',
      'lambdaExtension.events: expected a list of "INVOKE" and "SHUTDOWN", at least one, got ["INVOKE","START"]',
      'lambdaExtension.register: expected "launcher" or "self", got 1',
      'lambdaExtension.architectures: expected a list of "x86_64" and "arm64", at least one, got []',
    ]);
  });

  test.each([
    ["environment", { "A B": "" }],
    ["environment", { A: 1 }],
    ["policies", [{ Action: "ssm:GetParameter" }]],
    ["policies", {}],
    ["assets", "src/rules.json"],
    ["assets", ["/etc/hosts"]],
    ["assets", ["src\\rules.json"]],
    ["assets", ["!src/rules.json"]],
    ["assets", [""]],
    ["external", "pino"],
    ["external", ["pino/file"]],
    ["external", ["./src"]],
    ["external", ["../up"]],
    ["loader", { sql: "text" }],
    ["loader", { ".ts": "text" }],
    ["loader", { ".mjs": "text" }],
    ["loader", { ".sql": "copy" }],
    ["loader", [".sql"]],
    ["keepNames", "classes"],
  ])("refuses the %s %j", (key, got) => {
    expect(problemsOf({ ...minimal, [key]: got })).toEqual([
      expect.stringMatching(new RegExp(`^lambdaExtension\\.${key}: expected`)),
    ]);
  });

  test.each([
    [{ register: "self" }, /^lambdaExtension\.start: expected "eager" with "register": "self".*got "lazy"$/],
    [{ events: ["SHUTDOWN"] }, /^lambdaExtension\.start: expected "eager" for events without "INVOKE".*got "lazy"$/],
  ])("refuses a lazy start with %j, also if a package that is the entry says that", (settings, message) => {
    const expected = [expect.stringMatching(message)];
    expect(problemsOf({ ...minimal, start: "lazy", ...settings })).toEqual(expected);
    expect(problemsOf({ ...minimal, start: "lazy" }, settings)).toEqual(expected);
    expect(problemsOf({ ...minimal, ...settings }, { start: "lazy" })).toEqual(expected);
    expect(problemsOf({ ...minimal, start: "eager", ...settings })).toEqual([]);
    expect(problemsOf({ ...minimal, start: "lazy" })).toEqual([]);
  });

  test("refuses a source map for Bun, which would not read it", () => {
    expect(problemsOf({ ...minimal, engine: "carried", runtime: "bun", sourceMap: true })).toEqual([
      expect.stringMatching(/^lambdaExtension\.sourceMap: expected false with the runtime "bun"/),
    ]);
    expect(problemsOf({ ...minimal, sourceMap: "linked" })).toEqual([
      'lambdaExtension.sourceMap: expected true or false, got "linked"',
    ]);
  });

  test.each([
    { maxZipBytes: 0 },
    { maxZipBytes: "1 MB" },
    { maxZipBytes: 1.5 },
    { maxStartUpRatio: -1 },
    { maxBytes: 1 },
    5,
    [1],
  ])("refuses the budgets %j", (budgets) => {
    expect(problemsOf({ ...minimal, budgets })).toEqual([
      expect.stringMatching(
        /^lambdaExtension\.budgets: expected an object with "maxBundleBytes", "maxZipBytes" or "maxStartUpRatio"/,
      ),
    ]);
    expect(problemsOf({ ...minimal, budgets: { maxZipBytes: 1, maxBundleBytes: 2, maxStartUpRatio: 1.2 } })).toEqual(
      [],
    );
  });

  test.each([
    [undefined, /^lambdaExtension: expected an object in package\.json.*got nothing$/],
    ["hello", /^lambdaExtension: expected an object, got "hello"$/],
    [[], /^lambdaExtension: expected an object, got \[\]$/],
  ])("says what is missing when the whole is %j", (value, message) => {
    expect(problemsOf(value)).toEqual([expect.stringMatching(message)]);
  });

  test.each([
    undefined,
    "",
    ".",
    "..",
    "../x",
    "a b",
    ".hidden",
    "a\n",
    "ünï",
    "extensions",
    "bin",
    "-x",
    "x".repeat(200),
  ])("refuses the name %j", (name) => {
    expect(problemsOf({ ...minimal, name })).toEqual([expect.stringMatching(/^lambdaExtension\.name: expected/)]);
  });

  test("an accepted name is one shell word and one path segment, whatever it is", () => {
    assertProperty(
      property(string(), (name) => {
        const parsed = parseSettings({ ...minimal, name });
        expect(parsed.kind === "problems" || /^[\w.-]+$/.test(parsed.settings.name)).toBe(true);
      }),
    );
  });

  test("never throws, and says at least one thing about whatever it refuses", () => {
    assertProperty(
      property(jsonValue(), jsonValue(), (value, inherited) => {
        const parsed = parseSettings(value, inherited);
        const isPlain = (problem: string): boolean => /^lambdaExtension.*: expected .*, got /s.test(problem);
        expect(parsed.kind === "settings" || (parsed.problems.length > 0 && parsed.problems.every(isPlain))).toBe(true);
      }),
    );
  });
});
