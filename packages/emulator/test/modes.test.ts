import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Environment } from "../src/environment/environment.ts";
import { findFaketime } from "../src/process/movable-clock.ts";
import { nodeFunction, politeExtension, pythonExtension, pythonFunction, start, texts } from "./environment-fixture.ts";
import type { RecordedEvent } from "./environment-fixture.ts";

const managed = { initializationType: "lambda-managed-instances" } as const;

/** Registers for SHUTDOWN only, says how INVOKE is answered, and records telemetry. */
const managedExtension = pythonExtension(
  "managed",
  `
class Listener(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        with open("/tmp/events.jsonl", "a") as file:
            for event in json.loads(body): file.write(json.dumps(event) + "\\n")
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()
    def log_message(self, *_): pass
server = http.server.ThreadingHTTPServer(("0.0.0.0", 0), Listener)
threading.Thread(target=server.serve_forever, daemon=True).start()
say(call("POST", "/2020-01-01/extension/register", '{"events":["INVOKE","SHUTDOWN"]}', {"Lambda-Extension-Name": NAME})[2].decode().strip())
say(call("POST", "/2020-01-01/extension/register", '{"events":["INVOKE"]}', {"Lambda-Extension-Name": "internal"})[2].decode().strip())
identity = register(["SHUTDOWN"])
def subscribe(schema):
    body = {"schemaVersion": schema, "types": ["platform", "function"], "destination": {"protocol": "HTTP", "URI": f"http://sandbox.localdomain:{server.server_port}"}, "buffering": {"timeoutMs": 25}}
    return call("PUT", "/2022-07-01/telemetry", json.dumps(body), identity)[0]
say(subscribe("2022-12-13"), subscribe("2025-01-29"))
say(next_event(identity)["shutdownReason"])
`,
);

function recorded(environment: Environment): readonly RecordedEvent[] {
  return readFileSync(join(environment.tmpPath, "events.jsonl"), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as RecordedEvent);
}

test.each([
  [
    "Node",
    nodeFunction(
      "let running = 0, go;\nconst all = new Promise((resolve) => (go = resolve));\nexport const handler = async () => { if (++running === 3) go(); await all; return running; };",
    ),
  ],
  [
    "Python",
    pythonFunction(
      "import os, time\ndef running(): return len([name for name in os.listdir('/tmp') if name.startswith('running-')])\ndef handler(event, context):\n    open(f'/tmp/running-{context.aws_request_id}', 'w').close()\n    while running() < 3: time.sleep(0.01)\n    return running()\n",
    ),
  ],
])("Managed Instances run invocations of a %s function at the same time", async (_language, fn) => {
  // Each one waits until all three run.
  const environment = await start({ ...fn, timeoutSeconds: 60 }, [], { ...managed, maxConcurrency: 3 });
  const results = await Promise.all([1, 2, 3].map((event) => environment.invoke(event)));
  expect(results.map(({ payload }) => payload)).toEqual(["3", "3", "3"]);
  await environment.shutdown();
});

test("Managed Instances refuse INVOKE and older schemas, and report in their own way", async () => {
  const environment = await start(
    nodeFunction("export const handler = async () => { console.log('hello'); };"),
    [managedExtension],
    managed,
  );
  const { requestId } = await environment.invoke(1);
  await environment.shutdown();
  expect(texts(environment, "extension")).toEqual([
    '{"errorMessage":"INVOKE: ErrorInvalidEventType","errorType":"Extension.InvalidEventType"}',
    '{"errorMessage":"No events allowed for internal extensions","errorType":"Extension.InvalidEventType"}',
    "400 200",
    "spindown",
  ]);
  const events = recorded(environment);
  expect(events.map(({ type }) => type)).toEqual([
    "platform.initStart",
    "platform.telemetrySubscription",
    "platform.initRuntimeDone",
    "platform.extension",
    "platform.initReport",
    "platform.start",
    "function",
    "platform.report",
  ]);
  const [start0, line, report] = events.slice(-3);
  expect(start0?.record).toMatchObject({ requestId, functionArn: expect.stringContaining(":function:fn") });
  expect(line?.record).toMatchObject({ requestId, level: "INFO", message: "hello" });
  expect(report?.record).toEqual({
    requestId,
    status: "success",
    metrics: { durationMs: expect.any(Number) },
    spans: [
      { name: "responseLatency", start: expect.any(String), durationMs: expect.any(Number) },
      { name: "responseDuration", start: expect.any(String), durationMs: expect.any(Number) },
    ],
    tracing: { type: "X-Amzn-Trace-Id", value: expect.any(String) },
  });
});

test("on Managed Instances the report contains the error of the handler", async () => {
  const environment = await start(
    nodeFunction("export const handler = async () => { throw new TypeError('no'); };"),
    [managedExtension],
    managed,
  );
  expect(await environment.invoke(1)).toMatchObject({
    kind: "function-error",
    payload: expect.stringContaining("TypeError"),
  });
  await environment.shutdown();
  expect(recorded(environment).at(-1)?.record).toMatchObject({ status: "error", errorType: "Runtime.Unknown" });
});

test("on Managed Instances an invocation that runs out of time is given up and the others go on", async () => {
  const fn = {
    ...nodeFunction("export const handler = (event) => new Promise((go) => setTimeout(go, event, event));"),
    timeoutSeconds: 2,
  };
  const environment = await start(fn, [], managed);
  const [slow, fast] = await Promise.all([environment.invoke(60_000), environment.invoke(10)]);
  expect(slow).toMatchObject({
    kind: "function-error",
    payload: expect.stringContaining("Task timed out after 2.00 seconds"),
  });
  expect(fast).toMatchObject({ kind: "response", payload: "10" });
  expect(await environment.invoke(20)).toMatchObject({ kind: "response", payload: "20" });
});

test("on Managed Instances a crash ends the environment for good", async () => {
  const environment = await start(nodeFunction("export const handler = () => process.exit(3);"), [], managed);
  expect(await environment.invoke(1)).toMatchObject({
    kind: "function-error",
    payload: expect.stringContaining("exit status 3"),
  });
  await environment.idle();
  await expect(environment.invoke(1)).rejects.toThrow("Managed Instances do not replace it");
});

test("SnapStart takes a snapshot after init and runs the hooks at the restore, before the first invocation", async () => {
  const files = {
    "snapshot_restore_py.py":
      "before, after = [], []\ndef get_before_snapshot(): return before\ndef get_after_restore(): return after\n",
    "app.py": `import os, urllib.request, json, snapshot_restore_py as hooks
hooks.before.append((print, ("second before",), {}))
hooks.before.append((print, ("first before",), {}))
hooks.after.append((print, ("after",), {}))
def handler(event, context):
    request = urllib.request.Request(os.environ["AWS_CONTAINER_CREDENTIALS_FULL_URI"], headers={"Authorization": os.environ["AWS_CONTAINER_AUTHORIZATION_TOKEN"]})
    keys = json.load(urllib.request.urlopen(request))
    return {"keys": sorted(keys), "key": keys["AccessKeyId"], "hidden": "AWS_ACCESS_KEY_ID" not in os.environ, "type": os.environ["AWS_LAMBDA_INITIALIZATION_TYPE"]}
`,
  };
  const environment = await start({ ...pythonFunction(""), files }, [], { initializationType: "snap-start" });
  expect(texts(environment, "function")).toEqual(["first before", "second before"]);
  const result = await environment.invoke(1);
  expect(JSON.parse(result.payload)).toEqual({
    keys: ["AccessKeyId", "Expiration", "SecretAccessKey", "Token"],
    key: "defaultkey",
    hidden: true,
    type: "snap-start",
  });
  await environment.idle();
  expect(texts(environment, "function").at(-1)).toBe("after");
  expect(texts(environment, "platform").map((text) => text.split(" ", 1)[0])).toEqual([
    "INIT_REPORT",
    "RESTORE_REPORT",
    "START",
    "END",
    "REPORT",
  ]);
  expect(texts(environment, "platform").at(-1)).toMatch(
    /\tRestore Duration: [\d.]+ ms\tBilled Restore Duration: \d+ ms$/,
  );
  expect(environment.timeline.map(({ kind }) => kind)).toEqual(expect.arrayContaining(["freeze", "restore"]));
  await environment.invoke(2);
  await environment.idle();
  expect(texts(environment, "platform").filter((text) => text.startsWith("RESTORE_REPORT"))).toHaveLength(1);
});

test("SnapStart gives the caller the error of a restore hook", async () => {
  const files = {
    "snapshot_restore_py.py":
      "before, after = [], []\ndef get_before_snapshot(): return before\ndef get_after_restore(): return after\n",
    "app.py":
      "import snapshot_restore_py as hooks\ndef fail(): raise ValueError('no restore')\nhooks.after.append((fail, (), {}))\ndef handler(event, context): return 1\n",
  };
  const environment = await start({ ...pythonFunction(""), files }, [], { initializationType: "snap-start" });
  expect(await environment.invoke(1)).toMatchObject({
    kind: "function-error",
    payload: expect.stringContaining("Runtime.AfterRestoreError"),
  });
});

test("provisioned concurrency reports its init on a line of its own", async () => {
  const environment = await start(
    pythonFunction("import os\ndef handler(event, context): return os.environ['AWS_LAMBDA_INITIALIZATION_TYPE']"),
    [],
    { initializationType: "provisioned-concurrency" },
  );
  expect((await environment.invoke(1)).payload).toBe('"provisioned-concurrency"');
  await environment.idle();
  expect(texts(environment, "platform")[0]).toMatch(/^INIT_REPORT Init Duration: [\d.]+ ms\tPhase: init$/);
  expect(texts(environment, "platform").at(-1)).not.toContain("Init Duration");
});

test("in place of AWS's emulator: no telemetry, init with the first invocation, other shutdown reasons, the answer waits for the extensions", async () => {
  const extension = pythonExtension(
    "rie",
    `
identity = register(["INVOKE", "SHUTDOWN"])
for path in ["/2022-07-01/telemetry", "/2020-08-15/logs"]:
    status, _, body = call("PUT", path, "{}", identity)
    say(status, body.decode().strip())
event = next_event(identity)
time.sleep(0.2)
say("tracing" in event, event["invokedFunctionArn"])
say(next_event(identity)["shutdownReason"])
`,
  );
  const environment = await start(pythonFunction("def handler(event, context): return event"), [extension], {
    compat: "rie",
  });
  expect(environment.timeline).toEqual([]);
  expect(await environment.invoke(1)).toMatchObject({ payload: "1" });
  expect(texts(environment, "extension")).toContain("False arn:aws:lambda:us-east-1:012345678912:function:fn");
  await environment.shutdown();
  expect(texts(environment, "extension")).toEqual([
    '202 {"errorMessage":"Telemetry API is not supported","errorType":"Telemetry.NotSupported"}',
    '202 {"errorMessage":"Logs API is not supported","errorType":"Logs.NotSupported"}',
    "False arn:aws:lambda:us-east-1:012345678912:function:fn",
    "SandboxTerminated",
  ]);
});

test("says how to get a movable clock if the clock cannot be moved", async () => {
  const environment = await start(nodeFunction("export const handler = () => 1;"));
  expect(() => environment.skip(1)).toThrow('the clock cannot be moved: start the environment with clock: "movable"');
});

test.skipIf(findFaketime() === undefined)(
  "moves the wall clock ahead as a long freeze does, and leaves the monotonic clock alone",
  async () => {
    const fn = nodeFunction(
      "export const handler = async (event, context) => ({ wall: Date.now(), steady: performance.now(), left: context.getRemainingTimeInMillis() });",
    );
    const environment = await start(fn, [politeExtension()], { clock: "movable", freeze: true });
    const look = async (): Promise<{ wall: number; steady: number; left: number }> =>
      JSON.parse((await environment.invoke(1)).payload) as { wall: number; steady: number; left: number };
    const before = await look();
    environment.skip(3_600_000);
    const after = await look();
    expect(after.wall - before.wall).toBeGreaterThanOrEqual(3_600_000);
    expect(after.steady - before.steady).toBeLessThan(600_000);
    expect(after.left).toBeGreaterThan(0);
    expect(after.left).toBeLessThanOrEqual(3000);
  },
);
