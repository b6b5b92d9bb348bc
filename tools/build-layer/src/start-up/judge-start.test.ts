import { describe, expect, test } from "vitest";
import { judgeStart } from "./judge-start.ts";
import type { StartEnd } from "./start-once.ts";

const layer = "/tmp/x/opt";
const asked: StartEnd = { kind: "next", afterMs: 40 };

function judge(end: StartEnd, told: readonly unknown[] = [], said = ""): ReturnType<typeof judgeStart> {
  const lines = told.map((one) => JSON.stringify(one)).join("\n");
  return judgeStart({ end, hasSubscribed: false, told: lines, said }, layer, 5000);
}

interface Fields {
  readonly name?: string;
  readonly code?: string;
  readonly path?: string;
  readonly syscall?: string;
}

const told = (where: string, { name = "Error", code, path, syscall }: Fields = {}, message = `no ${layer}/hello/x`) => [
  [where, `${name}: ${message}`, name, code, path, syscall],
];

describe("what core's loop told is the bundle's fault", () => {
  test.each([
    [
      "anything before runExtension",
      told("program"),
      /^the program, before it calls runExtension, threw Error: no hello\/x; advice: fix the program; if a setting/,
    ],
    ["a file outside the layer, before runExtension", told("program", { code: "ENOENT", path: "/etc/x" }), /"assets"/],
    ["a module that is missing", told("onInit", { code: "MODULE_NOT_FOUND" }), /^onInit threw .*"external"/],
    ["a package that is missing", told("onInit", { code: "ERR_MODULE_NOT_FOUND" }), /"external"/],
    [
      "native code that cannot be loaded",
      told("A background task", { code: "ERR_DLOPEN_FAILED" }),
      /npm rebuild.*TMPDIR/,
    ],
    ["a package that explains why it cannot load its own", told("program", {}, "ERR_DLOPEN_FAILED: x.node"), /TMPDIR/],
    ["a file that the layer lacks", told("onInit", { code: "ENOENT", path: `${layer}/hello/rules.json` }), /"assets"/],
    ["a path that depends on the working folder", told("onInit", { code: "ENOENT", path: "rules.json" }), /"assets"/],
    ["a wrong option", told("onInit", { name: "ConfigError", code: "OPTIONS" }), /fix the options of runExtension/],
    ["a name that does not exist", told("beforeRegister", { name: "ReferenceError" }), /^beforeRegister threw/],
    [
      "code that Node.js cannot read",
      told("onInit", { name: "SyntaxError" }, "Cannot use import statement outside a module"),
      /^onInit threw SyntaxError/,
    ],
  ])("%s", (_what, failures, line) => {
    expect(judge(asked, failures)).toEqual({
      problem: { line: expect.stringMatching(line), output: "" },
      warnings: [],
    });
    expect(judge({ kind: "error", errorType: "Extension.Error" }, failures).problem).toBeDefined();
  });
});

describe("what core's loop told is not the bundle's fault", () => {
  test.each([
    ["missing settings", told("onInit", { name: "ConfigError" }), 0],
    [
      "missing settings before runExtension, which core tells twice",
      [...told("program", { name: "ConfigError" }), ...told("onInit", { name: "ConfigError" })],
      0,
    ],
    ["a network that is missing", told("onInit", { code: "ECONNREFUSED" }), 1],
    [
      "a network that is missing before runExtension",
      ["program", "onInit"].flatMap((where) =>
        told(where, { name: "TypeError" }, "fetch failed: getaddrinfo EAI_AGAIN x"),
      ),
      1,
    ],
    [
      "credentials that are missing before runExtension",
      told("program", { name: "CredentialsProviderError" }, "Could not load credentials from any providers"),
      1,
    ],
    ["a setting that is no JSON", told("onInit", { name: "SyntaxError" }, "Unexpected end of JSON input"), 1],
    ["a setting that is no number", told("onInit", { name: "SyntaxError" }, "Cannot convert x to a BigInt"), 1],
    [
      "a setting that is no pattern",
      told("onInit", { name: "SyntaxError" }, "Invalid regular expression: /(/: Unterminated group"),
      1,
    ],
    ["credentials that are missing, told twice", [...told("onInit"), ...told("onInit")], 1],
    ["a program that this machine lacks", told("onInit", { code: "ENOENT", path: "aws", syscall: "spawn aws" }), 1],
    ["a file outside the layer", told("onInit", { code: "ENOENT", path: "/run/secrets/key" }), 1],
    ["what another program writes", [{}, [], [1, "text"], ["onInit"], "onInit"], 0],
  ])("%s", (_what, failures, warnings) => {
    for (const end of [asked, { kind: "error", errorType: "Extension.ConfigError" } as const]) {
      expect(judge(end, failures)).toEqual({
        warnings: Array.from({ length: warnings }, () => expect.stringContaining("the build goes on")),
      });
    }
  });
});

test.each<[StartEnd, RegExp]>([
  [
    { kind: "exit", status: 0 },
    /^it ended \(exit status 0\) before it asked for its first event; advice: call runExtension/,
  ],
  [{ kind: "exit", status: 7 }, /^it ended \(exit status 7\).*fix what the output names/],
  [{ kind: "exit", status: "SIGSEGV" }, /^it ended \(SIGSEGV\)/],
  [{ kind: "late" }, /^it had not asked for its first event after 5 s; advice: call runExtension/],
  [{ kind: "error", errorType: "Extension.NoTable" }, /^it reported Extension\.NoTable in place/],
])("an extension without core: %o", (end, line) => {
  expect(judge(end).problem?.line).toMatch(line);
});

test.each([
  ["API_KEY is missing", /a missing setting gets a default in "environment"/],
  ["Error: connect ENETUNREACH 10.0.0.1:443", /advice: the check has no network/],
])("an extension without core that prints %s", (said, line) => {
  expect(judge({ kind: "exit", status: 1 }, [], said).problem?.line).toMatch(line);
});

test("lines that are not JSON arrays tell nothing", () => {
  const outcome = { end: asked, hasSubscribed: false, told: '["onI\nnull\n5\n[]\n', said: "" };
  expect(judgeStart(outcome, layer, 5000)).toEqual({ warnings: [] });
});

test("an extension without core may lack its settings", () => {
  expect(judge({ kind: "error", errorType: "Extension.ConfigError" })).toEqual({ warnings: [] });
});

test("shows the end of the output, without what Node.js adds, and cuts long lines", () => {
  const said = [
    "first",
    "y".repeat(5000),
    "",
    "Error: no",
    "    at f (node:fs:1:2)",
    `    at ${layer}/hello/index.cjs:1:2`,
  ].join("\n");
  expect(judge({ kind: "exit", status: 1 }, [], said).problem?.output).toBe(
    `\n  | first\n  | ${"y".repeat(160)}…\n  | Error: no\n  |     at hello/index.cjs:1:2`,
  );
  const many = Array.from({ length: 1000 }, (_, line) => `line ${line}`).join("\n");
  expect(judge({ kind: "late" }, [], many).problem?.output.split("\n")).toHaveLength(13);
});
