import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Environment } from "../src/environment/environment.ts";
import {
  nodeFunction,
  politeExtension,
  pythonExtension,
  pythonFunction,
  recordingExtension,
  start,
} from "./environment-fixture.ts";
import type { RecordedEvent } from "./environment-fixture.ts";

interface Request {
  readonly path: string;
  readonly status: number;
  readonly events: readonly RecordedEvent[];
}

function requests(environment: Environment, name = "recorder"): readonly Request[] {
  const text = readFileSync(join(environment.tmpPath, `${name}.jsonl`), "utf8");
  return text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Request);
}

function events(environment: Environment, name?: string): readonly RecordedEvent[] {
  return requests(environment, name)
    .filter(({ status }) => status === 200)
    .flatMap((request) => request.events);
}

function record(environment: Environment, type: string): Readonly<Record<string, unknown>> {
  const found = events(environment).find((event) => event.type === type)?.record;
  expect(found, type).toBeTypeOf("object");
  return found as Readonly<Record<string, unknown>>;
}

const everything = {
  schemaVersion: "2022-12-13",
  types: ["platform", "function", "extension"],
  buffering: { maxItems: 1000, maxBytes: 262_144, timeoutMs: 25 },
};
const hello = pythonFunction("def handler(event, context):\n    print('hello')\n    return event\n");

test("delivers every event of a cold and a warm invocation, in the order of the platform", async () => {
  const environment = await start(hello, [recordingExtension(everything), politeExtension()]);
  const cold = await environment.invoke(1);
  const warm = await environment.invoke(2);
  await environment.shutdown();
  const all = events(environment).filter(({ type }) => type !== "extension");
  expect(all.map(({ type }) => type)).toEqual([
    "platform.initStart",
    "platform.telemetrySubscription",
    "platform.initRuntimeDone",
    "platform.extension",
    "platform.extension",
    "platform.initReport",
    "platform.start",
    "function",
    "platform.runtimeDone",
    "platform.report",
    "platform.start",
    "function",
    "platform.runtimeDone",
    "platform.report",
  ]);
  expect(new Set(requests(environment).map(({ path }) => path))).toEqual(new Set(["/events"]));
  const ids = all
    .map((event) => (typeof event.record === "string" ? undefined : event.record["requestId"]))
    .filter((id) => id !== undefined);
  expect(ids).toEqual([cold, cold, cold, warm, warm, warm].map(({ requestId }) => requestId));
  expect(
    events(environment).find(({ type, record }) => type === "extension" && record === `INVOKE ${cold.requestId}`),
  ).toBeDefined();
});

test("gives records the documented shapes", async () => {
  const environment = await start(hello, [recordingExtension(everything)]);
  const { requestId } = await environment.invoke(1);
  await environment.shutdown();
  expect(record(environment, "platform.initStart")).toMatchObject({
    initializationType: "on-demand",
    phase: "init",
    functionName: "fn",
    functionVersion: "$LATEST",
    instanceMaxMemory: 128,
  });
  expect(record(environment, "platform.telemetrySubscription")).toEqual({
    name: "recorder",
    state: "Subscribed",
    types: ["platform", "function", "extension"],
  });
  expect(record(environment, "platform.initRuntimeDone")).toEqual({
    initializationType: "on-demand",
    phase: "init",
    status: "success",
  });
  expect(record(environment, "platform.extension")).toEqual({
    name: "recorder",
    state: "Ready",
    events: ["INVOKE", "SHUTDOWN"],
  });
  expect(record(environment, "platform.initReport")).toEqual({
    initializationType: "on-demand",
    phase: "init",
    status: "success",
    metrics: { durationMs: expect.any(Number) },
  });
  expect(record(environment, "platform.start")).toMatchObject({
    requestId,
    version: "$LATEST",
    tracing: { type: "X-Amzn-Trace-Id" },
  });
  expect(record(environment, "platform.runtimeDone")).toMatchObject({
    requestId,
    status: "success",
    metrics: { durationMs: expect.any(Number), producedBytes: 1 },
    spans: [{ name: "responseLatency" }, { name: "responseDuration" }, { name: "runtimeOverhead" }],
  });
  expect(record(environment, "platform.report")).toMatchObject({
    requestId,
    status: "success",
    metrics: {
      durationMs: expect.any(Number),
      billedDurationMs: expect.any(Number),
      memorySizeMB: 128,
      maxMemoryUsedMB: expect.any(Number),
      initDurationMs: expect.any(Number),
    },
    spans: [{ name: "extensionOverhead", start: expect.any(String), durationMs: expect.any(Number) }],
  });
  for (const { time } of events(environment)) expect(time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
});

test("sends a refused batch again until it is taken, and nothing twice after that", async () => {
  const environment = await start(hello, [recordingExtension(everything, "500 if count < 3 else 200")]);
  await environment.invoke(1);
  await environment.shutdown();
  const [first, second, third] = requests(environment);
  expect([first?.status, second?.status, third?.status]).toEqual([500, 500, 200]);
  expect(second?.events).toEqual(first?.events);
  expect(third?.events).toEqual(first?.events);
  expect(events(environment).filter(({ type }) => type === "platform.report")).toHaveLength(1);
});

test("under the strict rule loses a refused batch and says how much", async () => {
  // Long enough for a delivery on a busy machine: what waits behind a slow one is lost for another reason.
  const unhurried = { ...everything, buffering: { ...everything.buffering, timeoutMs: 500 } };
  const environment = await start(hello, [recordingExtension(unhurried, "500 if count < 2 else 200")], {
    telemetryDelivery: "strict",
  });
  await environment.invoke(1);
  await environment.shutdown();
  const [refused] = requests(environment);
  expect(record(environment, "platform.logsDropped")).toEqual({
    reason: "could not send events: HTTP 500",
    droppedRecords: refused?.events.length,
    droppedBytes: expect.any(Number),
  });
  expect(events(environment).map(({ type }) => type)).not.toContain("platform.initStart");
});

test("gives several subscribers what each asked for", async () => {
  const platformOnly = { ...everything, types: ["platform"] };
  const functionOnly = { ...everything, types: ["function"] };
  const environment = await start(hello, [
    recordingExtension(platformOnly, "200", "a"),
    recordingExtension(functionOnly, "200", "b"),
  ]);
  await environment.invoke(1);
  await environment.shutdown();
  expect(events(environment, "b").map(({ record }) => record)).toEqual(["hello"]);
  const types = events(environment, "a").map(({ type }) => type);
  expect(types.every((type) => type.startsWith("platform."))).toBe(true);
  expect(types.filter((type) => type === "platform.telemetrySubscription")).toHaveLength(2);
});

test("writes objects for the JSON log format, and strings for the first schema", async () => {
  const fn = nodeFunction(
    "export const handler = async () => { console.log('text'); console.log({ a: 1 }); process.stdout.write('raw\\n'); };",
  );
  const first = { ...everything, types: ["function"], schemaVersion: "2022-07-01" };
  const newest = { ...everything, types: ["function"], schemaVersion: "2025-01-29" };
  const environment = await start(
    fn,
    [recordingExtension(first, "200", "first"), recordingExtension(newest, "200", "newest")],
    {
      logFormat: "JSON",
    },
  );
  const { requestId } = await environment.invoke(1);
  await environment.shutdown();
  expect(events(environment, "newest").map(({ record }) => record)).toEqual([
    { timestamp: expect.any(String), level: "INFO", requestId, message: "text" },
    { timestamp: expect.any(String), level: "INFO", requestId, message: { a: 1 } },
    { timestamp: expect.any(String), level: "INFO", requestId, message: "raw" },
  ]);
  expect(events(environment, "first").map(({ record }) => typeof record)).toEqual(["string", "string", "string"]);
});

test("delivers over TCP, one event a line", async () => {
  const listener = pythonExtension(
    "tcp",
    `
import socketserver
class Lines(socketserver.StreamRequestHandler):
    def handle(self):
        for line in self.rfile:
            with open("/tmp/tcp.jsonl", "ab") as file: file.write(line)
server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Lines)
server.daemon_threads = True
threading.Thread(target=server.serve_forever, daemon=True).start()
identity = register(["INVOKE", "SHUTDOWN"])
body = {"schemaVersion": "2022-07-01", "types": ["platform"], "destination": {"protocol": "TCP", "port": server.server_address[1]}, "buffering": {"timeoutMs": 25}}
say(call("PUT", "/2022-07-01/telemetry", json.dumps(body), identity)[0])
while next_event(identity)["eventType"] != "SHUTDOWN": pass
time.sleep(0.1)
`,
  );
  const environment = await start(hello, [listener]);
  await environment.invoke(1);
  await environment.shutdown();
  const types = readFileSync(join(environment.tmpPath, "tcp.jsonl"), "utf8")
    .trim()
    .split("\n")
    .map((line) => (JSON.parse(line) as RecordedEvent).type);
  expect(types.slice(0, 2)).toEqual(["platform.initStart", "platform.telemetrySubscription"]);
  expect(types.at(-1)).toBe("platform.report");
});

test("reports a timeout before SHUTDOWN, and starts over in the next invocation", async () => {
  const fn = {
    ...pythonFunction("import time\ndef handler(event, context):\n    if event == 'slow': time.sleep(60)\n"),
    timeoutSeconds: 2,
  };
  const environment = await start(fn, [recordingExtension({ ...everything, types: ["platform"] })]);
  await environment.invoke("slow");
  await environment.invoke("fast");
  await environment.shutdown();
  const all = events(environment);
  expect(all.map(({ type }) => type)).toEqual([
    "platform.initStart",
    "platform.telemetrySubscription",
    "platform.initRuntimeDone",
    "platform.extension",
    "platform.initReport",
    "platform.start",
    "platform.runtimeDone",
    "platform.report",
    "platform.initStart",
    "platform.telemetrySubscription",
    "platform.initRuntimeDone",
    "platform.extension",
    "platform.initReport",
    "platform.start",
    "platform.runtimeDone",
    "platform.report",
  ]);
  expect(
    all
      .filter(({ type }) => type === "platform.runtimeDone")
      .map(({ record }) => (typeof record === "string" ? "" : record["status"])),
  ).toEqual(["timeout", "success"]);
  expect(
    all
      .filter(({ type }) => type === "platform.initStart")
      .map(({ record }) => (typeof record === "string" ? "" : record["phase"])),
  ).toEqual(["init", "invoke"]);
});

test("delivers nothing while the environment is frozen, and the rest after the thaw", async () => {
  const environment = await start(hello, [recordingExtension({ ...everything, types: ["platform"] })], {
    freeze: true,
  });
  await environment.invoke(1);
  await environment.invoke(2);
  await environment.shutdown();
  const freezes = environment.timeline.filter(({ kind }) => kind === "freeze");
  expect(freezes).toHaveLength(3);
  for (const { startEpochMs } of environment.timeline.filter(({ kind }) => kind === "telemetry")) {
    expect(freezes.some((freeze) => freeze.startEpochMs < startEpochMs && startEpochMs < freeze.endEpochMs)).toBe(
      false,
    );
  }
  expect(events(environment).filter(({ type }) => type === "platform.report")).toHaveLength(2);
});
