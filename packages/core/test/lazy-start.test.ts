import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { startEnvironment } from "@lambda-extension/emulator";
import type { Environment, EnvironmentOptions, Fault } from "@lambda-extension/emulator";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { buildExtension, manifest } from "./build-extension.ts";
import type { BuiltExtension } from "./build-extension.ts";

const program = `
import { runExtension } from "@lambda-extension/core";
const say = (text) => console.log("lazy: " + text);
const trouble = process.env.LAZY_TROUBLE;
say("started, left over: " + Object.keys(process.env).filter((key) => key.startsWith("LAMBDA_EXTENSION_HANDOFF")).length);
void runExtension({
  failure: process.env.LAZY_FAILURE ?? "open",
  ...(trouble === "telemetry" ? { telemetry: { types: ["platform"], onEvents() {} } } : {}),
  onInit() {
    say("init");
    if (trouble === "init") throw new TypeError("no table");
  },
  onInvoke: (event, context) => say("invoke " + event.requestId + ", time left: " + (context.remainingMs() > 1000)),
  onShutdown: (event) => say("shutdown " + event.shutdownReason),
});
`;

let lazy: BuiltExtension;
beforeAll(async () => {
  const settings = { name: "lazy", register: "launcher", start: "lazy" };
  lazy = await buildExtension({ "package.json": manifest(settings), "src/main.ts": program });
});
afterAll(() => lazy.remove());

let environment: Environment | undefined;
afterEach(() => environment?.close());

async function start(
  settings: Readonly<Record<string, string>> = {},
  options: Partial<EnvironmentOptions> = {},
): Promise<Environment> {
  environment = await startEnvironment({
    ...options,
    function: {
      runtime: "nodejs22.x",
      handler: "index.handler",
      codePath: fileURLToPath(new URL("function", import.meta.url)),
      environment: settings,
      timeoutSeconds: 10,
    },
    layers: [lazy.layer],
  });
  return environment;
}

async function invoke(running: Environment, event: object): Promise<string> {
  const { payload, requestId } = await running.invoke(event);
  await running.idle();
  expect(payload).toBe(JSON.stringify(event));
  return requestId;
}

const said = ({ lines }: Environment) =>
  lines.flatMap(({ source, text }) => (source === "extension" && text.startsWith("lazy: ") ? [text.slice(6)] : []));
const reported = ({ lines }: Environment) =>
  lines.flatMap(({ source, text }) => (source === "extension" && text.startsWith("[lazy] ") ? [text.slice(7)] : []));
const exits = ({ timeline }: Environment) =>
  timeline.flatMap(({ lane, kind, detail }) => (lane === "lazy" && kind === "exit" ? [detail] : []));
const wasInvoked = (requestId: string) => `invoke ${requestId}, time left: true`;

/** The one process of the extension: its program, its state and its memory. Linux alone has these files. */
function processOf({ runtimeApi }: Environment) {
  const read = (pid: string, file: string): string => {
    try {
      return readFileSync(`/proc/${pid}/${file}`, "utf8");
    } catch {
      return ""; // ended meanwhile
    }
  };
  const [pid, ...more] = readdirSync("/proc").filter(
    (name) =>
      /^\d+$/.test(name) &&
      read(name, "environ").split("\0").includes(`AWS_LAMBDA_RUNTIME_API=${runtimeApi}`) &&
      /\/(?:extensions\/lazy|lazy\/index\.cjs)\0$/.test(read(name, "cmdline")),
  );
  if (pid === undefined || more.length > 0) throw new Error(`expected one process, got ${[pid, ...more].join()}`);
  const field = (name: string) => new RegExp(`^${name}:\\s*(\\S+)`, "m").exec(read(pid, "status"))?.[1];
  const kilobytes = Number(field("VmRSS"));
  return { pid, program: readlinkSync(`/proc/${pid}/exe`), state: field("State"), bytes: kilobytes * 1024 };
}

test("before the first event it is a bash of 4 MB at most, which becomes Node.js at that event", async () => {
  const running = await start();
  const before = processOf(running);
  expect(before.program).toMatch(/\/bash$/);
  expect(before.bytes).toBeGreaterThan(0);
  expect(before.bytes).toBeLessThanOrEqual(4_000_000);
  expect(said(running)).toEqual([]);
  const ids = [await invoke(running, { n: 1 }), await invoke(running, { n: 2 })];
  expect(processOf(running)).toMatchObject({ pid: before.pid, program: expect.stringMatching(/\/node$/) });
  await running.shutdown();
  expect(said(running)).toEqual(["started, left over: 1", "init", ...ids.map(wasInvoked), "shutdown spindown"]);
  expect(reported(running)).toEqual([]);
  expect(exits(running)).toEqual(["exit code 0"]);
});

test("an environment without an invocation ends with status 0 and never starts Node.js", async () => {
  const running = await start();
  expect(processOf(running).program).toMatch(/\/bash$/);
  await running.shutdown();
  expect({ said: said(running), reported: reported(running), exits: exits(running) }).toEqual({
    said: [],
    reported: [],
    exits: ["exit code 0"],
  });
});

test("is frozen while it waits, and takes the first event after that", async () => {
  const running = await start({}, { freeze: true });
  await expect.poll(() => processOf(running).state).toBe("T");
  expect(processOf(running).program).toMatch(/\/bash$/);
  const ids = [await invoke(running, { n: 1 }), await invoke(running, { n: 2 })];
  await running.shutdown();
  expect(said(running)).toEqual(["started, left over: 1", "init", ...ids.map(wasInvoked), "shutdown spindown"]);
});

test("a frozen environment without an invocation ends with status 0 too", async () => {
  const running = await start({}, { freeze: true });
  await expect.poll(() => processOf(running).state).toBe("T");
  await running.shutdown();
  expect({ said: said(running), exits: exits(running) }).toEqual({ said: [], exits: ["exit code 0"] });
});

const cut: Fault = { kind: "cut", call: "event/next", extension: "lazy", times: 1 };

test("a connection that is cut while the launcher waits costs no event", async () => {
  const running = await start({}, { faults: [cut] });
  expect(processOf(running).program).toMatch(/\/bash$/);
  const ids = [await invoke(running, { n: 1 }), await invoke(running, { n: 2 })];
  await running.shutdown();
  expect(said(running)).toEqual(["started, left over: 1", "init", ...ids.map(wasInvoked), "shutdown spindown"]);
});

test("a first event that is lost with its connection does not hold the function", async () => {
  const running = await start({}, { faults: [{ ...cut, kind: "lose-answer" }] });
  await invoke(running, { n: 1 });
  expect(processOf(running).program).toMatch(/\/bash$/);
  const second = await invoke(running, { n: 2 });
  await running.shutdown();
  expect(said(running)).toEqual(["started, left over: 1", "init", wasInvoked(second), "shutdown spindown"]);
});

test.each(["provisioned-concurrency", "snap-start", "lambda-managed-instances"] as const)(
  "starts in the init phase of an environment of the kind %s",
  async (initializationType) => {
    const running = await start({}, { initializationType });
    await expect.poll(() => said(running)).toEqual(["started, left over: 1", "init"]);
    await invoke(running, { n: 1 });
    await running.shutdown();
    expect(said(running).at(-1)).toBe("shutdown spindown");
    expect(exits(running)).toEqual(["exit code 0"]);
  },
);

test("a program with telemetry is refused with the reason, and the function works", async () => {
  const running = await start({ LAZY_TROUBLE: "telemetry" });
  for (const n of [1, 2]) await invoke(running, { n });
  await running.shutdown();
  expect(said(running)).toEqual(["started, left over: 1"]);
  expect(reported(running)).toEqual([
    "telemetry: expected nothing with a lazy start, which is after init, got object",
    "The extension does nothing until this is corrected; the function is not affected",
  ]);
});

test("an onInit that fails closed is reported as exit/error", async () => {
  const calls: string[] = [];
  const watch = (call: "init/error" | "exit/error"): Fault => ({
    kind: "watch",
    call,
    onAnswer: () => calls.push(call),
  });
  const faults = [watch("init/error"), watch("exit/error")];
  const running = await start({ LAZY_TROUBLE: "init", LAZY_FAILURE: "closed" }, { faults });
  await running.invoke({ n: 1 });
  await running.idle();
  expect(calls).toEqual(["exit/error"]);
  expect(reported(running)[0]).toMatch(/^The extension ends: TypeError: no table/);
  expect(running.lines.map(({ text }) => text).join("\n")).toContain("Extension.ExitError");
});
