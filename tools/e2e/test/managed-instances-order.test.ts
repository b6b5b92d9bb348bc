import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { startEnvironment } from "@lambda-extension/emulator";
import { describe, expect, inject, onTestFinished, test } from "vitest";
import { startLineReceiver } from "../src/line-receiver.ts";
import type { LineReceiver } from "../src/line-receiver.ts";
import { startOfficialEmulator } from "../src/official-emulator.ts";
import { isMissing, lacksPythonTools } from "./needs.ts";

const run = inject("run");
const lacksRoot = isMissing(
  process.getuid?.() === 0 ? "" : "AWS's emulator delivers telemetry only if it runs as root.",
);

/** Code for an extension and for a function: `received` resolves when the receiver has the text. */
const received = `
const received = async (text) => {
  while (!(await (await fetch(process.env.RECEIVER_URL)).text()).includes(text)) await new Promise((resolve) => setTimeout(resolve, 20));
};`;

/** Subscribes to all telemetry and sends each batch to the receiver. Writes one line, while no invocation runs. */
const extension = `#!/var/lang/bin/node${received}
let passedOn = Promise.resolve();
const http = require("node:http");
const api = "http://" + process.env.AWS_LAMBDA_RUNTIME_API;
const call = (method, path, headers, body) => fetch(api + path, { method, headers, body: body && JSON.stringify(body) });
const listener = http.createServer((request, response) => {
  let text = "";
  request.on("data", (chunk) => (text += chunk));
  request.on("end", () => {
    response.end();
    const body = JSON.parse(text).map((event) => JSON.stringify(event) + "\\n").join("");
    passedOn = passedOn.then(() => fetch(process.env.RECEIVER_URL, { method: "POST", body }));
  });
});
listener.listen(0, "127.0.0.1", async () => {
  const registered = await call("POST", "/2020-01-01/extension/register", { "Lambda-Extension-Name": "recorder" }, { events: ["SHUTDOWN"] });
  const identity = { "Lambda-Extension-Identifier": registered.headers.get("lambda-extension-identifier") };
  const destination = { protocol: "HTTP", URI: "http://sandbox.localdomain:" + listener.address().port };
  const buffering = { timeoutMs: 25 };
  await call("PUT", "/2022-07-01/telemetry", identity, { schemaVersion: "2025-01-29", types: ["platform", "function", "extension"], destination, buffering });
  console.log("the extension is ready");
  await received("the extension is ready");
  await call("GET", "/2020-01-01/extension/event/next", identity);
  process.exit(0);
});
`;

const handler = `${received}
export const handler = async (event) => {
  console.log("first", event);
  console.log("second " + event.n);
  await received("second " + event.n);
  if (event.fails) throw new Error("as asked");
  return event;
};
`;

type Event = Readonly<Record<string, unknown>>;

interface RecordedRun {
  readonly layer: string;
  readonly codePath: string;
  readonly receiver: LineReceiver;
  readonly environment: Readonly<Record<string, string>>;
}

async function prepareRun(name: string): Promise<RecordedRun> {
  const [layer, codePath] = [join(run.folder, name, "layer"), join(run.folder, name, "function")];
  const file = join(layer, "extensions/recorder");
  await mkdir(join(layer, "extensions"), { recursive: true });
  await mkdir(codePath, { recursive: true });
  // The function of managed instances runs as another user.
  await chmod(run.folder, 0o755);
  await writeFile(file, extension, { mode: 0o755 });
  await writeFile(join(codePath, "index.mjs"), handler);
  const receiver = await startLineReceiver();
  onTestFinished(() => receiver.close());
  return { layer, codePath, receiver, environment: { RECEIVER_URL: receiver.url } };
}

/**
 * Invokes twice, each time after all earlier telemetry has arrived: AWS's emulator loses events that come while it
 * sends a batch. Returns all events.
 */
async function invokeAll(
  receiver: LineReceiver,
  invoke: (event: unknown) => Promise<unknown>,
): Promise<readonly Event[]> {
  const settled = async (count: number): Promise<void> => {
    while (
      receiver.lines.filter(({ type }) => type === "platform.report" || type === "platform.initReport").length < count
    ) {
      await delay(20);
    }
  };
  await settled(1);
  await invoke({ n: 1 });
  await settled(2);
  await invoke({ n: 2, fails: true });
  await settled(3);
  return receiver.lines.slice();
}

async function runOnOfficial(): Promise<readonly Event[]> {
  const { layer, codePath, receiver, environment } = await prepareRun("managed official");
  const options = { mode: "managed-instances", runtime: "nodejs", handler: "index.handler" } as const;
  const emulator = await startOfficialEmulator({ ...options, layers: [layer], codePath, environment });
  onTestFinished(() => emulator.close());
  return invokeAll(receiver, (event) => emulator.invoke(event));
}

async function runOnOurs(): Promise<readonly Event[]> {
  const { layer, codePath, receiver, environment } = await prepareRun("managed ours");
  const emulator = await startEnvironment({
    initializationType: "lambda-managed-instances",
    layers: [layer],
    function: {
      name: "test_function",
      runtime: "nodejs24.x",
      handler: "index.handler",
      codePath,
      environment,
      timeoutSeconds: 30,
    },
  });
  onTestFinished(() => emulator.close());
  return invokeAll(receiver, (event) => emulator.invoke(event));
}

/** A field of an event's record in which this repository's emulator and AWS's differ, and why ours is right. */
interface AcceptedDifference {
  readonly type: string;
  readonly field: string;
  readonly reason: string;
}

const tracing = "AWS's emulator has a tracer that does nothing; the documentation has the field.";
const noRuntime = "Lambda names its runtime; AWS's emulator leaves the text empty.";

/** All of them. The test fails for a difference that is not listed, and for a listed one that no longer exists. */
const acceptedDifferences: readonly AcceptedDifference[] = [
  { type: "platform.initStart", field: "runtimeVersion", reason: noRuntime },
  { type: "platform.initStart", field: "runtimeVersionArn", reason: noRuntime },
  {
    type: "platform.initStart",
    field: "instanceId",
    reason: "Lambda writes the name of the log stream; AWS's emulator has no log stream and writes the version.",
  },
  {
    type: "platform.initStart",
    field: "instanceMaxMemory",
    reason: "Lambda writes the function's memory; AWS's emulator does not know it and writes the machine's.",
  },
  { type: "platform.start", field: "tracing", reason: tracing },
  { type: "platform.report", field: "tracing", reason: tracing },
  {
    type: "function",
    field: "(kind)",
    reason:
      "Managed Instances log JSON, and the documentation has objects there; AWS's emulator delivers the text unchanged.",
  },
  {
    type: "extension",
    field: "(kind)",
    reason: "As for the function: plain text becomes an object with time, level and message.",
  },
];

type Fields = Record<string, unknown>;

/** Replaces what differs from run to run: times, durations, stacks. Numbers the request ids as they appear. */
function normalise(events: readonly Event[]): readonly Fields[] {
  const ids: string[] = [];
  const stable = (key: string, value: unknown): unknown => {
    if (key === "timestamp" || key === "time" || (key === "start" && typeof value === "string")) return "<time>";
    if (key === "durationMs") return typeof value === "number" ? "<duration>" : value;
    if (key === "stackTrace") return "<stack>";
    if (key !== "requestId" || typeof value !== "string") return value;
    if (!ids.includes(value)) ids.push(value);
    return `<id ${ids.indexOf(value)}>`;
  };
  return events.map(({ type, record }) => {
    const fields =
      typeof record === "string"
        ? { "(kind)": "text", ...toObject(record) }
        : { "(kind)": "object", ...(record as Fields) };
    return JSON.parse(JSON.stringify({ type, ...fields }, stable)) as Fields;
  });
}

/** Returns the object that Lambda makes of a line in JSON log format. */
function toObject(line: string): Fields {
  return line.startsWith("{") ? (JSON.parse(line) as Fields) : { timestamp: "", level: "INFO", message: line };
}

describe.skipIf(lacksPythonTools || lacksRoot)("telemetry on Managed Instances", () => {
  test("has the same events in the same order as in AWS's emulator", async () => {
    const [official, ours] = [normalise(await runOnOfficial()), normalise(await runOnOurs())];
    expect(ours.map(({ type }) => type)).toEqual(official.map(({ type }) => type));
    expect(official.map(({ type }) => type)).toContain("platform.report");
    for (const { type, field } of acceptedDifferences) {
      const values = (events: readonly Fields[]) =>
        events.filter((event) => event["type"] === type).map((event) => event[field]);
      expect(values(ours), `${type} ${field} is not a difference any more: remove it from the list`).not.toEqual(
        values(official),
      );
      for (const event of [...official, ...ours]) if (event["type"] === type) delete event[field];
    }
    expect(ours).toEqual(official);
  });
});
