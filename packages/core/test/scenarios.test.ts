import { readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { startEnvironment } from "@lambda-extension/emulator";
import type { Environment, EnvironmentOptions } from "@lambda-extension/emulator";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { buildExtension, manifest } from "./build-extension.ts";
import type { BuiltExtension } from "./build-extension.ts";

const path = (name: string) => fileURLToPath(new URL(name, import.meta.url));

let witness: BuiltExtension;
let listening: BuiltExtension;
beforeAll(async () => {
  const source = readFileSync(path("witness.ts"), "utf8");
  witness = await buildExtension({
    "package.json": manifest({ name: "witness", register: "launcher" }),
    "src/main.ts": source,
  });
  listening = await buildExtension({
    "package.json": manifest({ name: "listening", register: "self" }),
    "src/main.ts": source,
  });
});
afterAll(() => {
  witness.remove();
  listening.remove();
});

let environment: Environment | undefined;
afterEach(() => environment?.close());

async function start(
  settings: Record<string, string> = {},
  {
    layer = witness,
    timeoutSeconds = 10,
    ...options
  }: Partial<EnvironmentOptions> & { layer?: BuiltExtension; timeoutSeconds?: number } = {},
): Promise<Environment> {
  const spec = {
    name: "scenario",
    runtime: "nodejs22.x",
    handler: "index.handler",
    codePath: path("function"),
    environment: settings,
    timeoutSeconds,
  };
  environment = await startEnvironment({ ...options, function: spec, layers: [layer.layer] });
  return environment;
}

const said = ({ lines }: Environment) =>
  lines.flatMap(({ source, text }) => (source === "extension" && text.startsWith("witness: ") ? [text.slice(9)] : []));
const reported = ({ lines }: Environment, name = "witness") =>
  lines.flatMap(({ source, text }) =>
    source === "extension" && text.startsWith(`[${name}] `) ? [text.slice(name.length + 3)] : [],
  );

async function invoke(running: Environment, event: object): Promise<string> {
  const { payload } = await running.invoke(event);
  await running.idle();
  return payload;
}

test("takes over from the launcher, receives all telemetry, and ends at SHUTDOWN", async () => {
  const running = await start();
  expect(await invoke(running, { log: "hello" })).toBe('{"log":"hello"}');
  await running.shutdown();
  const lines = said(running);
  expect(lines[0]).toBe("environment 1");
  expect(lines).toContain("witness registered by launcher, telemetry true, left over: ");
  expect(lines).toContain("runtime done: success, time left: true");
  expect(lines.filter((line) => line.startsWith("function said"))).toEqual([expect.stringContaining("hello")]);
  expect(lines.filter((line) => line.startsWith("saw"))).toEqual(
    expect.arrayContaining([
      "saw platform.initStart",
      "saw platform.initReport",
      "saw platform.start",
      "saw platform.runtimeDone",
      "saw platform.report",
    ]),
  );
  expect(lines.filter((line) => /unknown|malformed/.test(line))).toEqual([]);
  expect(lines.at(-1)).toBe("shutdown spindown");
  expect(reported(running)).toEqual([]);
});

test.each([
  ["at its top", "", "TypeError: Invalid URL"],
  ["after an await", "await Promise.resolve();\n", "TypeError: Invalid URL"],
])(
  "a program that throws %s, before it calls runExtension, does not reach the function",
  async (_where, before, said) => {
    const source = `import { runExtension } from "@lambda-extension/core";
async function main() {
  ${before}const url = new URL("not a url");
  await runExtension({ onInvoke: () => console.log(url.href) });
}
${before === "" ? 'new URL("not a url");' : ""}
void main();
`;
    const early = await buildExtension({ "package.json": manifest({ name: "early" }), "src/main.ts": source });
    try {
      const running = await start({}, { layer: early });
      for (const n of [1, 2]) expect(await invoke(running, { n })).toBe(JSON.stringify({ n }));
      await running.shutdown();
      expect(reported(running, "early")).toEqual([
        expect.stringMatching(said),
        "The extension does nothing until this is corrected; the function is not affected",
      ]);
      expect(running.timeline.filter(({ lane, kind }) => lane === "early" && kind === "exit")).toMatchObject([
        { detail: "exit code 0" },
      ]);
    } finally {
      early.remove();
    }
  },
);

/** The text of this package's sources, by their path in a folder of the project. */
function copyOfCore(folder: string): Record<string, string> {
  const names = readdirSync(path("../src"), { recursive: true, encoding: "utf8" });
  const sources = names.filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"));
  return Object.fromEntries(sources.map((name) => [`${folder}/${name}`, readFileSync(path(`../src/${name}`), "utf8")]));
}

const again = `import { runExtension } from "@lambda-extension/core";
const say = (text: string): void => console.log("witness: " + text);
const calls: Promise<void>[] = [];
`;

test.each([
  ["of one copy", "launcher", "", "runExtension"],
  ["of two copies", "launcher", 'import { runExtension as other } from "./copy/index.ts";\n', "other"],
  ["first in beforeRegister", "self", "", "runExtension"],
])(
  "calls runExtension again, %s: the first goes on, and a message says it once",
  async (_name, register, imports, second) => {
    const twice = await buildExtension({
      "package.json": manifest({ name: "twice", register }),
      ...copyOfCore("src/copy"),
      "src/main.ts": `${imports}${again}
calls.push(runExtension({
  ${register === "self" ? "async beforeRegister() { calls.push(runExtension({})); }," : ""}
  onInit: () => say("first"),
  onInvoke() {
    calls.push(runExtension({ onInvoke: () => say("third") }));
    say("same " + calls.every((call) => call === calls[0]));
    setTimeout(() => { throw new Error("background"); });
  },
  onShutdown: () => say("down"),
}));
calls.push(${second}({ name: "another", onInit: () => say("second") }));
`,
    });
    try {
      const running = await start({}, { layer: twice });
      for (const n of [1, 2]) expect(await invoke(running, { n })).toBe(JSON.stringify({ n }));
      await running.shutdown();
      expect(said(running)).toEqual(["first", "same true", "same true", "down"]);
      const [first, ...others] = reported(running, "twice");
      expect(first).toMatch(/^runExtension was called again: .* Call it once/);
      for (const other of others) expect(other).toMatch(/^A background task failed/);
    } finally {
      twice.remove();
    }
  },
);

test("a copy of this package that is only imported does not register", async () => {
  const idle = await buildExtension({
    "package.json": manifest({ name: "idle" }),
    ...copyOfCore("src/copy"),
    "src/main.ts": `import { PlatformError } from "./copy/index.ts";
${again}
say(PlatformError.name);
void runExtension({
  async onInvoke() {
    setTimeout(() => { throw new Error("background"); });
    await new Promise((resolve) => setTimeout(resolve, 20));
  },
});
`,
  });
  try {
    const running = await start({}, { layer: idle });
    for (const n of [1, 2]) expect(await invoke(running, { n })).toBe(JSON.stringify({ n }));
    await running.shutdown();
    expect(reported(running, "idle")).toEqual([
      expect.stringMatching(/^A background task failed/),
      "A background task failed 2 times",
    ]);
  } finally {
    idle.remove();
  }
});

test("something thrown that throws at every look does not reach the function", async () => {
  const evil = await buildExtension({
    "package.json": manifest({ name: "evil" }),
    "src/main.ts": `${again}
const throws = () => { throw new Error("a look"); };
const evil: unknown = new Proxy(new Error("x"), { get: throws, has: throws, getPrototypeOf: throws, ownKeys: throws });
void runExtension({
  onInit() { throw evil; },
  onShutdown: () => say("down"),
});
void Promise.reject(evil);
`,
  });
  try {
    const running = await start({}, { layer: evil });
    for (const n of [1, 2]) expect(await invoke(running, { n })).toBe(JSON.stringify({ n }));
    await running.shutdown();
    expect(reported(running, "evil")).toEqual([
      "a value that cannot be shown",
      "The extension does nothing until this is corrected; the function is not affected",
      expect.stringMatching(/^A background task failed.*: a value that cannot be shown$/),
    ]);
  } finally {
    evil.remove();
  }
});

test("goes on after freezes", async () => {
  // The customer's proxy is not for the Runtime API.
  const proxy = "http://127.0.0.1:1";
  const running = await start({ HTTP_PROXY: proxy, http_proxy: proxy, NODE_USE_ENV_PROXY: "1" }, { freeze: true });
  for (const log of ["one", "two", "three"]) expect(await invoke(running, { log })).toBe(JSON.stringify({ log }));
  await running.shutdown();
  expect(said(running).filter((line) => line.startsWith("function said"))).toHaveLength(3);
  expect(said(running).at(-1)).toBe("shutdown spindown");
  expect(reported(running)).toEqual([]);
});

test.each(["onInvoke", "onEvents", "timer", "hang"])("trouble in %s does not reach the function", async (trouble) => {
  const running = await start({ WITNESS_TROUBLE: trouble }, { timeoutSeconds: 2 });
  for (const n of [1, 2]) expect(await invoke(running, { n })).toBe(JSON.stringify({ n }));
  await running.shutdown();
  const first =
    trouble === "hang" ? "onInvoke failed" : trouble === "timer" ? "A background task failed" : `${trouble} failed`;
  expect(reported(running)[0]).toContain(first);
  expect(said(running).at(-1)).toBe("shutdown spindown");
});

test("an endless loop in onInvoke ends the environment at the function's timeout, after the answer", async () => {
  const running = await start({ WITNESS_TROUBLE: "loop" }, { timeoutSeconds: 1 });
  for (const n of [1, 2]) expect(await invoke(running, { n })).toBe(JSON.stringify({ n }));
  const platform = running.lines.flatMap(({ source, text }) => (source === "platform" ? [text] : []));
  expect(platform.filter((line) => line.includes("Task timed out after 1.00 seconds"))).toHaveLength(2);
  expect(said(running).filter((line) => line === "environment 1")).toHaveLength(2);
}, 20_000);

test("a configuration that does not parse is listed, and the function works", async () => {
  const running = await start({ WITNESS_TROUBLE: "config" });
  expect(await invoke(running, { n: 1 })).toBe('{"n":1}');
  await running.shutdown();
  expect(reported(running)).toEqual([
    "WITNESS_TROUBLE: expected peace, got trouble",
    "The extension does nothing until this is corrected; the function is not affected",
  ]);
});

test("failing closed fails the invocation, with the extension's own reason", async () => {
  const running = await start({ WITNESS_TROUBLE: "onInvoke", WITNESS_FAILURE: "closed" });
  await running.invoke({ n: 1 });
  await running.idle();
  expect(reported(running)[0]).toMatch(/^The extension ends: TypeError: trouble in onInvoke/);
  expect(running.lines.map(({ text }) => text).join("\n")).toContain("Extension.ExitError");
});

test("beforeRegister's server answers the function's first request", async () => {
  const probe = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => probe.once("listening", resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  const running = await start({ WITNESS_PORT: String(port) }, { layer: listening });
  expect(await invoke(running, { fetch: `http://127.0.0.1:${port}/` })).toBe("204");
  await running.shutdown();
  expect(said(running)).toContain("listening registered by core, telemetry true, left over: ");
});

test("on Managed Instances it registers for SHUTDOWN alone and receives telemetry", async () => {
  const running = await start({}, { initializationType: "lambda-managed-instances", logFormat: "JSON" });
  expect(await invoke(running, { log: "hello" })).toBe('{"log":"hello"}');
  await running.shutdown();
  const lines = said(running);
  expect(lines).toContain("witness registered by launcher, telemetry true, left over: ");
  expect(lines.filter((line) => line.startsWith("runtime done"))).toEqual([]);
  expect(lines).toContain("saw platform.report");
  expect(lines.at(-1)).toBe("shutdown spindown");
});

test("after a SnapStart restore onRestore runs before the first event's handler", async () => {
  const running = await start({}, { initializationType: "snap-start", freeze: true });
  for (const n of [1, 2]) await invoke(running, { n });
  await running.shutdown();
  const lines = said(running).filter((line) => /^(?:restored|runtime done)/.test(line));
  expect(lines).toEqual([
    "restored snap-start",
    "runtime done: success, time left: true",
    "runtime done: success, time left: true",
  ]);
});
