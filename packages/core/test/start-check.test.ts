import { expect, test } from "vitest";
import { buildExtension, manifest } from "./build-extension.ts";

const host = { node: process.execPath, platform: process.platform, arch: process.arch };

/** Builds a program and starts it once, as `build-layer` does; returns the warnings. */
async function startOnce(program: string, settings: object = {}): Promise<readonly string[]> {
  const source = `import { ConfigError, runExtension } from "@lambda-extension/core";\n${program}`;
  const files = { "package.json": manifest({ name: "trial", ...settings }), "src/main.ts": source };
  const built = await buildExtension(files, host);
  built.remove();
  return built.warnings;
}

test.each([
  [
    "throws before runExtension",
    `new URL("no url"); void runExtension({});`,
    /the program, before .*TypeError: Invalid URL/,
  ],
  [
    "throws null before runExtension",
    "if (process.env['AWS_REGION']) throw null; void runExtension({});",
    /threw null;/,
  ],
  [
    "rejects before runExtension",
    `void (async () => { await 1; throw new Error("odd"); void runExtension({}); })();`,
    /the program, before .*Error: odd/,
  ],
  [
    "requires in onInit what is missing",
    `const name = "no-such"; void runExtension({ onInit: () => require(name) });`,
    /onInit threw .*'no-such'.*"external"/,
  ],
  [
    "imports in onInit what is missing",
    `const name = "no-such"; void runExtension({ onInit: () => import(name) });`,
    /onInit threw .*'no-such'.*"external"/,
  ],
  [
    "requires what is missing and fails closed",
    `const name = "no-such"; void runExtension({ failure: "closed", onInit: () => require(name) });`,
    /onInit threw .*'no-such'/,
  ],
  [
    "reads a file that is missing",
    `import { readFileSync } from "node:fs"; void runExtension({ onInit: () => void readFileSync(__dirname + "/rules.json") });`,
    /onInit threw .*trial\/rules\.json.*"assets"/,
  ],
  [
    "requires what is missing in a background task",
    `const name = "no-such"; void Promise.resolve().then(() => require(name)); void runExtension({});`,
    /A background task threw .*'no-such'/,
  ],
  ["ends the process in onInit", "void runExtension({ onInit: () => process.exit() });", /it ended \(exit status 0\)/],
  [
    "misspells an option",
    "void runExtension({ onInvok() {} } as object);",
    /onInvok: no such option.*fix the options of runExtension/,
  ],
])("the start check refuses a program that %s", async (_what, program, message) => {
  await expect(startOnce(program)).rejects.toThrow(message);
});

test.each([
  ["does nothing", "void runExtension({});", "launcher"],
  [
    "registers itself and subscribes",
    `void runExtension({ beforeRegister() {}, telemetry: { types: ["platform"], onEvents() {} } });`,
    "self",
  ],
  [
    "lacks settings",
    "void runExtension({ onInit() { throw new ConfigError(['A: expected 1, got nothing']); } });",
    "launcher",
  ],
  [
    "lacks settings and fails closed",
    "void runExtension({ failure: 'closed', onInit() { throw new ConfigError(['A']); } });",
    "self",
  ],
  [
    "lacks settings before runExtension",
    "if (!process.env['A']) throw new ConfigError(['A']); void runExtension({});",
    "launcher",
  ],
])("the start check passes a program that %s", async (_what, program, register) => {
  expect(await startOnce(program, { register })).toEqual([]);
});

test.each<[what: string, program: string, settings?: object]>([
  ["lacks a network", `void runExtension({ onInit: async () => void (await fetch("http://127.0.0.1:6666/")) });`],
  [
    "lacks a network and fails closed",
    `import { connect } from "node:net"; void runExtension({ failure: "closed", onInit: () => new Promise((_, reject) => connect(9, "127.0.0.1").on("error", reject)) });`,
  ],
  [
    "waits for a network",
    `void runExtension({ onInit: () => new Promise((resolve) => setTimeout(resolve, 60_000)) });`,
  ],
  [
    "waits for a network and starts lazily",
    `void runExtension({ onInit: () => new Promise((resolve) => setTimeout(resolve, 60_000)) });`,
    { start: "lazy" },
  ],
  ["lacks credentials", `void runExtension({ onInit() { throw new Error("no credentials"); } });`],
])("the start check warns of a program that %s", async (_what, program, settings = {}) => {
  expect(await startOnce(program, settings)).toEqual([
    expect.stringMatching(/^trial: onInit threw .*the build goes on/),
  ]);
});
