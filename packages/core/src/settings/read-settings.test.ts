import { describe, expect, expectTypeOf, test } from "vitest";
import { choice, seconds, flag, list, secret, text, url, wholeNumber } from "./kinds.ts";
import { readSettings, toSettingsTable } from "./read-settings.ts";
import type { SettingsOf, SettingsSchema } from "./read-settings.ts";

const schema = {
  target: { name: "TARGET", kind: choice(["http", "file"]), isRequired: true, hint: "and with it URL or FILE" },
  url: { name: "URL", kind: secret(url), neededFor: { setting: "target", value: "http" } },
  path: { name: "FILE", kind: text("a path", /^\//), neededFor: { setting: "target", value: "file" } },
  names: { name: "NAMES", kind: list(text("names", /^\w+$/)), default: "" },
  max: { name: "MAX", kind: wholeNumber({ min: 1, max: 9 }), default: "5", aliases: ["MOST"] },
  waitMs: {
    name: "WAIT_SECONDS",
    kind: seconds({ min: 0, max: 60 }),
    default: "2",
    formerNames: ["TIMEOUT", "WAIT"],
  },
  isLoud: { name: "LOUD", kind: flag, deprecated: "nothing is loud any more" },
} satisfies SettingsSchema;

const file = { TARGET: "file", FILE: "/tmp/x" };
const problemsOf = (variables: Readonly<Record<string, string>>) => {
  const read = readSettings(schema, variables);
  return read.kind === "problems" ? read.problems : [];
};

describe("readSettings", () => {
  test("takes the default of a setting that is not set, and undefined without a default", () => {
    expect(readSettings(schema, { ...file, MAX: "", NAMES: "  " })).toEqual({
      kind: "settings",
      settings: {
        target: "file",
        url: undefined,
        path: "/tmp/x",
        names: [],
        max: 5,
        waitMs: 2000,
        isLoud: undefined,
      },
      warnings: [],
    });
  });

  test("gives every setting the type of its kind, with undefined only if it may be missing", () => {
    expectTypeOf<SettingsOf<typeof schema>>().toEqualTypeOf<{
      readonly target: "http" | "file";
      readonly url: URL | undefined;
      readonly path: string | undefined;
      readonly names: readonly string[];
      readonly max: number;
      readonly waitMs: number;
      readonly isLoud: boolean | undefined;
    }>();
  });

  test("lists every problem at once, in the order of the schema", () => {
    expect(problemsOf({ TARGET: "http", NAMES: "a b", MAX: "0", WAIT_SECONDS: "1m", LOUD: "x".repeat(99) })).toEqual([
      'URL: expected an http or https URL for "http", got nothing',
      'NAMES: expected a comma-separated list of names, got "a b"',
      'MAX: expected a whole number from 1 to 9, got "0"',
      'WAIT_SECONDS: expected a whole number of seconds from 0 to 60, got "1m"',
      `LOUD: expected TRUE or FALSE, got "${"x".repeat(80)}…"`,
    ]);
  });

  test("adds the hint of a required setting that is missing", () => {
    expect(problemsOf({})).toEqual(['TARGET: expected "http" or "file" (and with it URL or FILE), got nothing']);
  });

  test("repeats no secret", () => {
    expect(problemsOf({ TARGET: "http", URL: "hunter2" })).toEqual([
      "URL: expected an http or https URL, got something else (not shown, it may hold a credential)",
    ]);
  });

  test.each<readonly [string, Readonly<Record<string, string>>, object, readonly string[]]>([
    ["an alias", { MOST: "7" }, { max: 7 }, []],
    ["its own name before an alias", { MAX: "8", MOST: "7" }, { max: 8 }, ["MOST: not read, since MAX is set"]],
    ["a former name", { TIMEOUT: "3" }, { waitMs: 3000 }, ["TIMEOUT: deprecated; use WAIT_SECONDS"]],
    [
      "one of two former names",
      { WAIT: "3", TIMEOUT: "4" },
      { waitMs: 4000 },
      ["TIMEOUT: deprecated; use WAIT_SECONDS", "WAIT: not read, since TIMEOUT is set"],
    ],
    ["a deprecated setting", { LOUD: "TRUE" }, { isLoud: true }, ["LOUD: deprecated; nothing is loud any more"]],
  ])("takes %s", (_what, variables, settings, warnings) => {
    expect(readSettings(schema, { ...file, ...variables })).toMatchObject({ kind: "settings", settings, warnings });
  });

  test("names the variable that was set, also if that is an alias", () => {
    expect(problemsOf({ ...file, MOST: "0" })).toEqual(['MOST: expected a whole number from 1 to 9, got "0"']);
  });

  test("adds contradictions to the other problems, and returns the known values too", () => {
    const read = readSettings(
      schema,
      { ...file, MAX: "1", WAIT_SECONDS: "x", NAMES: "a,b" },
      ({ max, names, waitMs }) =>
        waitMs === undefined && names !== undefined && max !== undefined && names.length > max
          ? [`MAX: expected at least the ${names.length} NAMES, got ${max}`]
          : [],
    );
    expect(read).toMatchObject({
      kind: "problems",
      problems: [expect.stringMatching(/^WAIT_SECONDS: /), "MAX: expected at least the 2 NAMES, got 1"],
      known: { max: 1, names: ["a", "b"], path: "/tmp/x" },
    });
  });

  test("needs a setting if another one lists it", () => {
    const twoTargets = { ...schema, target: { ...schema.target, kind: list(choice(["http", "file"])) } };
    const read = readSettings(twoTargets, { ...file, TARGET: "file,http" });
    expect(read).toMatchObject({ problems: ['URL: expected an http or https URL for "http", got nothing'] });
  });

  test("reports a default that is no value", () => {
    const wrong = { max: { ...schema.max, default: "10" } };
    expect(readSettings(wrong, {})).toMatchObject({ problems: ['MAX: expected a whole number from 1 to 9, got "10"'] });
  });
});

test("writes one row a setting, in the order of the schema", () => {
  const schema = {
    max: { name: "MAX", kind: wholeNumber({ min: 1, max: 9 }), default: "5" },
    kind: { name: "KIND", kind: choice(["a", "b"]) },
    loud: { name: "LOUD", kind: flag, default: "" },
  };
  const table = toSettingsTable(schema, { loud: "Loud", kind: "Which", max: "Most | least" });
  expect(table.split("\n")).toEqual([
    "| variable | meaning | default | range |",
    "|---|---|---|---|",
    "| `MAX` | Most \\| least | `5` | a whole number from 1 to 9 |",
    '| `KIND` | Which | none | "a" or "b" |',
    "| `LOUD` | Loud | none | TRUE or FALSE |",
  ]);
});
