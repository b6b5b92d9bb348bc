import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Environment } from "../src/environment/environment.ts";
import { mutations } from "../src/options/fault.ts";
import type { WatchedCall } from "../src/options/fault.ts";
import {
  nodeFunction,
  politeExtension,
  pythonExtension,
  pythonFunction,
  recordingExtension,
  start,
  texts,
} from "./environment-fixture.ts";
import type { RecordedEvent } from "./environment-fixture.ts";

const hello = pythonFunction("def handler(event, context):\n    print('hello')\n    return event\n");
const lines = { schemaVersion: "2022-07-01", types: ["function"], buffering: { timeoutMs: 25 } };

/** Prints the answer to each of three register calls, then goes on as the rules say. */
const persistent = pythonExtension(
  "persistent",
  `
identity = None
for _ in range(3):
    try:
        status, headers, body = call("POST", "/2020-01-01/extension/register", '{"events":["INVOKE","SHUTDOWN"]}', {"Lambda-Extension-Name": NAME})
        say(status, body.decode().strip()[:60])
        if status == 200: identity = {"Lambda-Extension-Identifier": headers["Lambda-Extension-Identifier"]}
    except (http.client.HTTPException, OSError) as error:
        say(type(error).__name__)
    if identity: break
while next_event(identity)["eventType"] != "SHUTDOWN": pass
`,
);

test("answers a call with an error, cuts it, or lets it pass, in turn", async () => {
  const environment = await start(hello, [persistent], {
    faults: [
      { kind: "answer", call: "register", extension: "persistent", status: 500, body: "{}", times: 1 },
      { kind: "cut", call: "register", skip: 1, times: 1 },
    ],
  });
  expect(texts(environment, "extension").map((text) => text.split(" ")[0])).toEqual([
    "500",
    "RemoteDisconnected",
    "200",
  ]);
  expect(await environment.invoke(1)).toMatchObject({ kind: "response" });
});

test("loses an answer although the call counted", async () => {
  const environment = await start(hello, [persistent], {
    faults: [{ kind: "lose-answer", call: "register", times: 1 }],
  });
  expect(texts(environment, "extension").slice(0, 2)).toEqual(["RemoteDisconnected", expect.stringContaining("403")]);
});

test("shows a watch every call with its answer, also an answer that a fault makes", async () => {
  const calls: WatchedCall[] = [];
  await start(hello, [persistent], {
    faults: [
      { kind: "watch", call: "register", onAnswer: (call) => calls.push(call) },
      { kind: "answer", call: "register", status: 500, body: "{}", times: 1 },
    ],
  });
  const body = '{"events":["INVOKE","SHUTDOWN"]}';
  expect(calls).toEqual([
    { extension: "persistent", body, status: 500, answer: "{}" },
    { extension: "persistent", body, status: 200, answer: expect.stringContaining("functionName") },
  ]);
});

test("delays a call", async () => {
  const environment = await start(hello, [politeExtension()]);
  environment.addFault({ kind: "delay", call: "invocation/response", delayMs: 200 });
  expect((await environment.invoke(1)).durationMs).toBeGreaterThanOrEqual(199);
});

test("stops a fault that is removed", async () => {
  const environment = await start(hello);
  let seen = 0;
  const end = environment.addFault({ kind: "watch", call: "invocation/response", onAnswer: () => (seen += 1) });
  await environment.invoke(1);
  end();
  await environment.invoke(2);
  expect(seen).toBe(1);
});

test("kills a process when a call arrives, and on demand", async () => {
  const environment = await start(hello, [politeExtension()], {
    faults: [{ kind: "kill", call: "invocation/response", process: "runtime", times: 1 }],
  });
  await environment.invoke(1);
  await environment.idle();
  expect(texts(environment, "extension")).toContain("SHUTDOWN failure");
  await environment.invoke(2);
  await environment.idle();
  environment.kill("polite");
  const exits = (): number =>
    environment.timeline.filter(({ lane, detail }) => lane === "polite" && detail === "signal: killed").length;
  await expect.poll(exits, { interval: 5 }).toBe(1);
  expect(await environment.invoke(3)).toMatchObject({
    kind: "function-error",
    payload: expect.stringContaining("Extension.Crash"),
  });
  expect(() => environment.kill("stranger")).toThrow("no process stranger");
});

function bodies(environment: Environment): readonly string[] {
  const text = readFileSync(join(environment.tmpPath, "recorder.jsonl"), "utf8");
  return text
    .trim()
    .split("\n")
    .map((line) =>
      JSON.stringify(
        (JSON.parse(line) as { events: RecordedEvent[] }).events.map(({ type, record }) => [type, record]),
      ),
    );
}

test.each([
  ["redeliver", '[["function","hello"]]', 2],
  ["unknownEvent", '[["platform.somethingNew",{"a":[null]}],["function","hello"]]', 1],
] as const)("sends telemetry changed: %s", async (name, body, times) => {
  const environment = await start(hello, [recordingExtension(lines)], {
    faults: [{ kind: "telemetry", mutate: mutations[name] }],
  });
  await environment.invoke(1);
  await environment.shutdown();
  expect(bodies(environment)).toEqual(Array.from({ length: times }, () => body));
});

test("changes batches as each mutation says", () => {
  const events = ['{"time":"t","type":"function","record":"a"}', '{"time":"t","type":"platform.start","record":{}}'];
  expect(mutations.reverse(events)).toEqual([`[${events[1]},${events[0]}]`]);
  expect(mutations.single(events)).toEqual(events);
  expect(() => JSON.parse(mutations.truncate(events)[0] ?? "") as unknown).toThrow(SyntaxError);
  expect(JSON.parse(mutations.objectRecords(events)[0] ?? "")).toEqual([
    { time: "t", type: "function", record: { timestamp: "t", level: "INFO", message: "a" } },
    { time: "t", type: "platform.start", record: {} },
  ]);
});

test.each([
  ["full", "No space left on device"],
  ["read-only", "Read-only file system"],
] as const)("gives a /tmp that is %s", async (tmp, message) => {
  const fn = pythonFunction(
    "def handler(event, context):\n    try:\n        with open('/tmp/x', 'w') as file: file.write('x' * 10)\n    except OSError as error:\n        return error.strerror\n",
  );
  const environment = await start(fn, [], { tmp });
  expect((await environment.invoke(1)).payload).toBe(JSON.stringify(message));
});

test("cuts connections without an open call, and the runtime opens another", async () => {
  const environment = await start(hello);
  await environment.invoke(1);
  await environment.idle();
  environment.cutIdleConnections();
  expect(await environment.invoke(2)).toMatchObject({ kind: "response", payload: "2" });
});

test("the runtime ends, and says so once, if the Runtime API gets neither its answer nor its error", async () => {
  const environment = await start(
    { ...nodeFunction("export const handler = async () => 1;"), timeoutSeconds: 10 },
    [],
    {
      faults: [
        { kind: "cut", call: "invocation/response" },
        { kind: "cut", call: "invocation/error" },
      ],
    },
  );
  const { kind, payload } = await environment.invoke(1);
  expect([kind, JSON.parse(payload)]).toMatchObject(["function-error", { errorType: "Runtime.ExitError" }]);
  expect(texts(environment, "function").filter((text) => text.includes("Unhandled Promise Rejection"))).toHaveLength(1);
});
