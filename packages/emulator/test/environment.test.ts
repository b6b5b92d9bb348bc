import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { startEnvironment } from "../src/environment/start-environment.ts";
import {
  nodeFunction,
  politeExtension,
  pythonExtension,
  pythonFunction,
  recordingExtension,
  start,
  texts,
  writeFolder,
} from "./environment-fixture.ts";
import type { Files } from "./environment-fixture.ts";

const bashExtension = `#!/bin/bash
exec 3<>"/dev/tcp/\${AWS_LAMBDA_RUNTIME_API%:*}/\${AWS_LAMBDA_RUNTIME_API#*:}"
request() { printf '%s\\r\\n' "$@" >&3; }
read_reply() {
  length=0 id=$id
  while read -r line <&3; line=\${line%$'\\r'}; [ -n "$line" ]; do
    case \${line,,} in
      content-length:*) length=\${line##* } ;;
      lambda-extension-identifier:*) id=\${line##* } ;;
    esac
  done
  read -r -N "$length" body <&3
}
body='{"events":["INVOKE","SHUTDOWN"]}'
printf 'POST /2020-01-01/extension/register HTTP/1.1\\r\\nHost: x\\r\\nLambda-Extension-Name: %s\\r\\nContent-Length: %d\\r\\n\\r\\n%s' "\${0##*/}" \${#body} "$body" >&3
read_reply
while :; do
  printf 'GET /2020-01-01/extension/event/next HTTP/1.1\\r\\nHost: x\\r\\nLambda-Extension-Identifier: %s\\r\\n\\r\\n' "$id" >&3
  read_reply
  case $body in
    *SHUTDOWN*) echo "bye"; exit 0 ;;
    *) echo "invoked" ;;
  esac
done
`;

const nodeExtension = `#!/usr/bin/env node
const http = require("node:http");
const [host, port] = process.env.AWS_LAMBDA_RUNTIME_API.split(":");
const call = (method, path, headers, body) => new Promise((resolve) =>
  http.request({ host, port, method, path, headers }, (answer) => {
    let text = "";
    answer.on("data", (chunk) => (text += chunk)).on("end", () => resolve({ headers: answer.headers, text }));
  }).end(body));
(async () => {
  const registered = await call("POST", "/2020-01-01/extension/register", { "Lambda-Extension-Name": "node-extension" }, '{"events":["INVOKE","SHUTDOWN"]}');
  const id = { "Lambda-Extension-Identifier": registered.headers["lambda-extension-identifier"] };
  for (;;) {
    const event = JSON.parse((await call("GET", "/2020-01-01/extension/event/next", id)).text);
    console.log(event.eventType);
    if (event.eventType === "SHUTDOWN") process.exit(0);
  }
})();
`;

test("runs a Python function with extensions in bash and Python", async () => {
  const fn = pythonFunction(
    "def handler(event, context):\n    print('in', context.function_name)\n    return {'got': event, 'id': context.aws_request_id}\n",
  );
  const environment = await start(fn, [{ "extensions/bash-extension": bashExtension }, politeExtension()]);
  const result = await environment.invoke({ a: "é" });
  expect(result.kind).toBe("response");
  expect(JSON.parse(result.payload)).toEqual({ got: { a: "é" }, id: result.requestId });
  await environment.idle();
  await environment.shutdown();

  const said = environment.lines
    .filter(({ source }) => source === "extension")
    .map(({ name, text }) => `${name}: ${text}`);
  expect(said.sort()).toEqual([
    "bash-extension: bye",
    "bash-extension: invoked",
    `polite: INVOKE ${result.requestId}`,
    "polite: SHUTDOWN spindown",
  ]);
  expect(texts(environment, "function")).toEqual(["in fn"]);
  expect(texts(environment, "platform").map((text) => text.split(/[ \t]/, 1)[0])).toEqual([
    "EXTENSION",
    "EXTENSION",
    "START",
    "END",
    "REPORT",
  ]);
});

test("runs a Node function with an extension that uses the function's Node", async () => {
  const fn = nodeFunction(
    "export const handler = async (event) => { console.log('two\\nlines'); return { got: event, node: process.execPath }; };",
  );
  const environment = await start(fn, [{ "extensions/node-extension": nodeExtension }]);
  const result = await environment.invoke([1]);
  expect(JSON.parse(result.payload)).toEqual({ got: [1], node: "/var/lang/bin/node" });
  await environment.shutdown();
  expect(texts(environment, "extension")).toEqual(["INVOKE", "SHUTDOWN"]);
  expect(texts(environment, "function")).toEqual([
    expect.stringMatching(new RegExp(`^\\d{4}-.*Z\\t${result.requestId}\\tINFO\\ttwo\\nlines$`)),
  ]);
});

test("runs an executable that speaks the Runtime API itself", async () => {
  const bootstrap = `#!/usr/bin/env python3
import http.client, os
while True:
    connection = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
    connection.request("GET", "/2018-06-01/runtime/invocation/next")
    answer = connection.getresponse()
    body = answer.read()
    connection.request("POST", "/2018-06-01/runtime/invocation/" + answer.headers["Lambda-Runtime-Aws-Request-Id"] + "/response", os.getcwd().encode() + body)
    connection.getresponse().read()
`;
  const environment = await start({ runtime: "provided.al2023", handler: "x", files: { bootstrap } });
  expect(await environment.invoke(1)).toMatchObject({ kind: "response", payload: "/var/task1" });
});

test("hides Node from extensions of other runtimes", async () => {
  const environment = await start(pythonFunction("def handler(event, context): return 1"), [
    pythonExtension(
      "seeker",
      "import shutil\nidentity = register(['SHUTDOWN'])\nsay('node is', shutil.which('node'))\nnext_event(identity)\n",
    ),
  ]);
  expect(texts(environment, "extension")).toEqual(["node is None"]);
  await environment.invoke(1);
});

test("gives processes Lambda's folders and a /tmp of their own, and keeps their other files off this machine's disk", async () => {
  const look = `import os
def attempt(path):
    try:
        open(path, "w").close()
        return True
    except OSError:
        return False
def handler(event, context):
    open("/tmp/mine", "w").write("kept")
    os.makedirs("/var/new", exist_ok=True)
    return {"cwd": os.getcwd(), "opt": sorted(os.listdir("/opt")), "task": attempt("/var/task/x"), "layer": attempt("/opt/x")}
`;
  const environment = await start(pythonFunction(look), [
    { "a/file": "1", b: "first" },
    { c: "3", b: "second" },
  ]);
  const result = await environment.invoke(null);
  expect(JSON.parse(result.payload)).toEqual({ cwd: "/var/task", opt: ["a", "b", "c"], task: false, layer: false });
  expect(readFileSync(join(environment.tmpPath, "mine"), "utf8")).toBe("kept");
  expect(readdirSync("/var")).not.toContain("new");
});

test("gives a file of a later layer in place of an earlier layer's", async () => {
  const fn = pythonFunction(
    "def handler(event, context): return open('/opt/b').read() + open('/opt/d/x').read() + open('/opt/d/y').read()",
  );
  const environment = await start(fn, [
    { b: "1", "d/x": "x" },
    { b: "2", "d/y": "y" },
  ]);
  expect((await environment.invoke(null)).payload).toBe('"2xy"');
});

test("gives extensions the documented variables and no others", async () => {
  const list = "identity = register(['SHUTDOWN'])\nsay(json.dumps(dict(os.environ)))\nnext_event(identity)\n";
  const fn = {
    ...pythonFunction("import os\ndef handler(event, context): return dict(os.environ)"),
    environment: { MINE: "1", _HIDDEN: "2", AWS_XRAY_CONTEXT_MISSING: "3" },
  };
  const environment = await start(fn, [pythonExtension("lister", list)], { region: "eu-west-1" });
  const seen = JSON.parse(texts(environment, "extension")[0] ?? "{}") as Record<string, string>;
  // Python adds LC_CTYPE if this machine does not have the locale of LANG; a shell adds PWD and similar variables.
  for (const name of ["LC_CTYPE", "PWD", "SHLVL", "_"]) delete seen[name];
  expect(Object.keys(seen).sort()).toEqual([
    "AWS_ACCESS_KEY_ID",
    "AWS_DEFAULT_REGION",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
    "AWS_LAMBDA_FUNCTION_NAME",
    "AWS_LAMBDA_FUNCTION_VERSION",
    "AWS_LAMBDA_INITIALIZATION_TYPE",
    "AWS_LAMBDA_RUNTIME_API",
    "AWS_REGION",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "LANG",
    "LD_LIBRARY_PATH",
    "MINE",
    "PATH",
    "TZ",
  ]);
  expect(seen).toMatchObject({
    AWS_REGION: "eu-west-1",
    AWS_LAMBDA_RUNTIME_API: environment.runtimeApi,
    PATH: "/var/lang/bin:/usr/local/bin:/usr/bin/:/bin:/opt/bin",
  });
  const runtime = JSON.parse((await environment.invoke(null)).payload) as Record<string, string>;
  expect(runtime).toMatchObject({
    _HANDLER: "app.handler",
    _HIDDEN: "2",
    LAMBDA_TASK_ROOT: "/var/task",
    AWS_EXECUTION_ENV: "AWS_Lambda_python3.11",
    MINE: "1",
  });
});

test("starts the runtime when the last extension has registered", async () => {
  const slow = "time.sleep(0.2)\nidentity = register(['SHUTDOWN'])\nnext_event(identity)\n";
  const environment = await start(pythonFunction("def handler(event, context): return 1"), [
    politeExtension("a"),
    pythonExtension("b", slow),
  ]);
  const order = environment.timeline.map(({ lane, kind }) => `${lane} ${kind}`);
  expect(order.slice(0, 2)).toEqual(["a spawn", "b spawn"]);
  const runtimeSpawn = order.indexOf("runtime spawn");
  expect(runtimeSpawn).toBeGreaterThan(order.indexOf("b register"));
  expect(runtimeSpawn).toBeGreaterThan(order.indexOf("a register"));
});

test("returns the answer at response time, and is idle when the extensions are", async () => {
  const slow =
    "identity = register(['INVOKE', 'SHUTDOWN'])\nwhile next_event(identity)['eventType'] == 'INVOKE':\n    time.sleep(0.3)\n    say('slept')\n";
  const environment = await start(pythonFunction("def handler(event, context): return 1"), [
    pythonExtension("slow", slow),
  ]);
  await environment.invoke(1);
  expect(texts(environment, "extension")).toEqual([]);
  await environment.idle();
  expect(texts(environment, "extension")).toEqual(["slept"]);
  expect(environment.timeline.map(({ kind }) => kind)).toContain("overhead");
});

test("runs queued calls one after another", async () => {
  const fn = pythonFunction(
    "count = 0\ndef handler(event, context):\n    global count\n    count += 1\n    return [event, count]\n",
  );
  const environment = await start(fn);
  const results = await Promise.all(["a", "b", "c"].map((event) => environment.invoke(event)));
  expect(results.map(({ payload }) => payload)).toEqual(['["a", 1]', '["b", 2]', '["c", 3]']);
});

test("passes client context, trace and request id on", async () => {
  const fn = pythonFunction(
    "import os\ndef handler(event, context): return [context.client_context.custom, context.aws_request_id, os.environ['_X_AMZN_TRACE_ID'], context.invoked_function_arn]",
  );
  const environment = await start(fn);
  const result = await environment.invoke(1, {
    clientContext: '{"custom":{"a":1}}',
    requestId: "my-id",
    traceId: "Root=1-a-b;Sampled=1",
    functionArn: "arn:x",
  });
  expect(JSON.parse(result.payload)).toEqual([{ a: 1 }, "my-id", "Root=1-a-b;Sampled=1", "arn:x"]);
});

test("refuses calls after shutdown, and can be closed twice", async () => {
  const environment = await start(pythonFunction("def handler(event, context): return 1"));
  await environment.shutdown();
  await environment.shutdown();
  await expect(environment.invoke(1)).rejects.toThrow("the environment has been shut down: start another one");
  await environment.close();
  await environment.close();
});

test("works without a mount namespace, and says how that differs", async () => {
  const fn = pythonFunction(
    "import os\ndef handler(event, context): return [os.getcwd(), os.environ['LAMBDA_TASK_ROOT']]",
  );
  const environment = await start(fn, [politeExtension()], { isolation: "paths" });
  const [cwd, root] = JSON.parse((await environment.invoke(1)).payload) as string[];
  expect(cwd).toBe(root);
  await environment.shutdown();
  expect(texts(environment, "extension").at(-1)).toBe("SHUTDOWN spindown");
  expect(environment.isolation).toEqual({ kind: "paths", reason: "as asked" });
  expect(environment.notices).toEqual([
    { kind: "no-namespace", text: expect.stringContaining("no mount namespace (as asked)") as unknown },
  ]);
  expect(environment.lines[0]).toMatchObject({ text: environment.notices[0]?.text, isNotice: true });
});

test.each([
  [{ runtime: "java21" }, "runtime java21: the emulator has clients for nodejs*.x and python3.*"],
  [{ runtime: "python3.11", codePath: "/nowhere" }, "function code /nowhere does not exist"],
  [{ runtime: "python3.11", timeoutSeconds: 901 }, "timeoutSeconds: expected more than 0 and at most 900, got 901"],
])("says what is wrong with %j", async (change, message) => {
  const spec = { runtime: "python3.11", handler: "a.b", codePath: writeFolder({}) };
  await expect(startEnvironment({ function: { ...spec, ...change }, layers: [] })).rejects.toThrow(message);
});

test("reports a missing layer, a file that is not a layer, and a port that is taken", async () => {
  const fn = {
    runtime: "python3.11",
    handler: "app.handler",
    codePath: writeFolder({ "app.py": "def handler(e, c): return 1" }),
  };
  await expect(startEnvironment({ function: fn, layers: ["/nowhere"] })).rejects.toThrow(
    "layer /nowhere does not exist",
  );
  const file = join(fn.codePath, "app.py");
  await expect(startEnvironment({ function: fn, layers: [file] })).rejects.toThrow(
    `layer ${file}: expected a folder or a .zip file`,
  );
  mkdirSync(join(fn.codePath, "broken"));
  writeFileSync(join(fn.codePath, "broken.zip"), "no zip");
  await expect(startEnvironment({ function: fn, layers: [join(fn.codePath, "broken.zip")] })).rejects.toThrow(
    "broken.zip cannot be unpacked",
  );
  const environment = await start(pythonFunction("def handler(event, context): return 1"));
  const port = Number(environment.runtimeApi.split(":")[1]);
  await expect(startEnvironment({ function: fn, layers: [], runtimeApiPort: port })).rejects.toThrow(
    `port ${port} of 127.0.0.1 is in use`,
  );
});

test("takes layers and code as zip files, and keeps modes and links", async () => {
  const folder = writeFolder({
    ...politeExtension(),
    "data/file": "content",
    "app.py": "def handler(event, context): return open('/opt/link').read()",
  });
  const zip =
    "import os, stat, sys, zipfile\nfolder, target, *names = sys.argv[1:]\nwith zipfile.ZipFile(target, 'w') as archive:\n    for name in names: archive.write(os.path.join(folder, name), name)\n    if 'data/file' in names:\n        info = zipfile.ZipInfo('link')\n        info.create_system = 3\n        info.external_attr = (stat.S_IFLNK | 0o777) << 16\n        archive.writestr(info, 'data/file')\n";
  execFileSync("python3", ["-c", zip, folder, join(folder, "layer.zip"), "extensions/polite", "data/file"]);
  execFileSync("python3", ["-c", zip, folder, join(folder, "code.zip"), "app.py"]);
  const environment = await startEnvironment({
    function: { runtime: "python3.11", handler: "app.handler", codePath: join(folder, "code.zip") },
    layers: [join(folder, "layer.zip")],
  });
  try {
    expect(await environment.invoke(1)).toMatchObject({ payload: '"content"' });
    await environment.shutdown();
    expect(texts(environment, "extension").at(-1)).toBe("SHUTDOWN spindown");
  } finally {
    await environment.close();
  }
});

test.each(["on-demand", "lambda-managed-instances"] as const)(
  "takes a streamed answer, and the error that ends a stream (%s)",
  async (initializationType) => {
    const fn = nodeFunction(`export const handler = awslambda.streamifyResponse(async (event, stream) => {
  stream.write("one ");
  if (event === "bad") throw new RangeError("midway");
  stream.write("two");
  stream.end();
});`);
    const environment = await start(fn, [], { initializationType });
    expect(await environment.invoke("good")).toMatchObject({ kind: "response", payload: "one two" });
    const broken = await environment.invoke("bad");
    expect(broken.kind).toBe("function-error");
    expect(JSON.parse(broken.payload)).toMatchObject({ errorType: "RangeError", errorMessage: "midway" });
  },
);

test("gives the pieces of a streamed answer as they are written, and counts its time from the first one", async () => {
  const fn = nodeFunction(`import { existsSync } from "node:fs";
export const handler = awslambda.streamifyResponse(async (event, stream) => {
  stream.write("one ");
  while (!existsSync("/tmp/seen")) await new Promise((resolve) => setTimeout(resolve, 5));
  stream.end("two");
});`);
  const environment = await start({ ...fn, timeoutSeconds: 20 }, [
    recordingExtension({ types: ["platform"], schemaVersion: "2022-12-13" }),
  ]);
  const pieces: string[] = [];
  const onPiece = (bytes: Uint8Array): void => {
    pieces.push(Buffer.from(bytes).toString());
    writeFileSync(`${environment.tmpPath}/seen`, "");
  };
  const answer = await environment.invoke("good", { onPiece });
  expect(pieces).toEqual(["one ", "two"]);
  expect(answer).toMatchObject({ kind: "response", payload: "one two" });
  await environment.shutdown();
  const recorded = readFileSync(`${environment.tmpPath}/recorder.jsonl`, "utf8");
  const [, durationMs] = /"responseDuration",[^}]*"durationMs": ([\d.]+)/.exec(recorded) ?? [];
  expect(Number(durationMs)).toBeGreaterThan(0);
});

test("slows a streamed answer down after 6 MiB, and its function with it", async () => {
  const fn = nodeFunction(`import { pipeline } from "node:stream/promises";
export const handler = awslambda.streamifyResponse(async (event, stream) => {
  await pipeline(function* () { for (let count = 0; count < event; count++) yield Buffer.alloc(65_536, "x"); }, stream);
});`);
  const environment = await start({ ...fn, timeoutSeconds: 20 });
  const answer = await environment.invoke(7 * 16);
  expect(answer.payload).toHaveLength(7 * 1024 * 1024);
  // 1 MiB at 2 MiB/s; timers may fire a millisecond early.
  expect(answer.durationMs).toBeGreaterThan(498);
});

test("does not pass on the pieces of an answer that is not streamed", async () => {
  const environment = await start(nodeFunction("export const handler = async () => 'whole';"));
  const pieces: unknown[] = [];
  await environment.invoke(1, { onPiece: (bytes) => pieces.push(bytes) });
  expect(pieces).toEqual([]);
});

test.each([
  [
    "a callback",
    "nodejs22.x",
    "exports.handler = (event, context, callback) => { setTimeout(() => callback(null, 'late'), 10); };",
    '"late"',
  ],
  [
    "a callback that does not wait",
    "nodejs20.x",
    "exports.handler = (event, context, callback) => { context.callbackWaitsForEmptyEventLoop = false; setTimeout(() => {}, 60000); callback(null, 'now'); };",
    '"now"',
  ],
  ["nothing at all", "nodejs22.x", "exports.handler = () => {};", "null"],
  ["a plain value, from Node 24 on", "nodejs24.x", "exports.handler = () => 'plain';", '"plain"'],
])("takes a handler that answers by %s", async (_name, runtime, body, payload) => {
  const environment = await start({
    runtime,
    handler: "src/index.nested.handler",
    files: { "src/index.js": body.replace("exports.handler", "exports.nested = {};\nexports.nested.handler") },
  });
  expect(await environment.invoke(1)).toMatchObject({ kind: "response", payload });
});

test("wraps the runtime in the script that AWS_LAMBDA_EXEC_WRAPPER names", async () => {
  const wrapper = { "extensions-not/wrapper": "", bootstrap: '#!/bin/bash\nexport WRAPPED=yes\nexec "$@"\n' };
  const fn = {
    ...pythonFunction("import os\ndef handler(event, context): return os.environ['WRAPPED']"),
    environment: { AWS_LAMBDA_EXEC_WRAPPER: "/opt/bootstrap" },
  };
  const environment = await start(fn, [wrapper]);
  expect((await environment.invoke(1)).payload).toBe('"yes"');
});

test("lets the extensions finish an answered invocation when it is closed", async () => {
  const slow =
    "identity = register(['INVOKE', 'SHUTDOWN'])\nwhile True:\n    event = next_event(identity)\n    if event['eventType'] == 'SHUTDOWN': break\n    time.sleep(0.2)\n    say('finished')\nsay(event['shutdownReason'])\n";
  const environment = await start(pythonFunction("def handler(event, context): return 1"), [
    pythonExtension("slow", slow),
  ]);
  await environment.invoke(1);
  await environment.close();
  expect(texts(environment, "extension")).toEqual(["finished", "spindown"]);
  expect(texts(environment, "platform").at(-1)).not.toContain("Status");
});

test("breaks off an invocation when it is closed", async () => {
  const environment = await start({
    ...pythonFunction("import time\ndef handler(event, context): time.sleep(60)"),
    timeoutSeconds: 60,
  });
  const call = environment.invoke(1).then(
    () => "an answer",
    (error: Error) => error.message,
  );
  await expect
    .poll(() => environment.timeline.some(({ lane, kind }) => lane === "runtime" && kind === "invoke"), { interval: 5 })
    .toBe(true);
  await environment.close();
  expect(await call).toContain("the environment was closed while this invocation ran");
});

test("starts the processes with the first invocation if the options ask for it", async () => {
  const environment = await start(pythonFunction("def handler(event, context): return event"), [politeExtension()], {
    initialize: "at-first-invoke",
  });
  expect(environment.timeline).toEqual([]);
  expect(await environment.invoke(1)).toMatchObject({ payload: "1" });
  await environment.idle();
  expect(environment.timeline.find(({ kind }) => kind === "init")).toMatchObject({ detail: "init" });
  expect(texts(environment, "platform").at(-1)).toContain("Init Duration");
});

test("gives init the time of the options, and says which times are allowed", async () => {
  const environment = await start(nodeFunction("await new Promise((resolve) => setTimeout(resolve, 60_000));"), [], {
    initializationType: "provisioned-concurrency",
    initTimeoutSeconds: 0.2,
  });
  expect(texts(environment, "platform")[0]).toMatch(
    /^INIT_REPORT Init Duration: \d+\.\d\d ms\tPhase: init\tStatus: timeout$/,
  );
  await expect(start(nodeFunction(""), [], { initTimeoutSeconds: 0 })).rejects.toThrow(
    "initTimeoutSeconds: expected more than 0 and at most 900, got 0",
  );
});

test("says once after REPORT that the processes use more memory than they have on Lambda", async () => {
  const told = async (memorySizeMb: number): Promise<readonly string[]> => {
    const spec = { ...nodeFunction("export const handler = async (event) => event;"), memorySizeMb };
    const environment = await start(spec, []);
    for (const count of [1, 2]) await environment.invoke(count);
    await environment.idle();
    const lines = texts(environment, "platform");
    const warnings = lines.filter((line) => line.includes("MemorySize"));
    for (const warning of warnings) expect(lines[lines.indexOf(warning) - 1]).toMatch(/^REPORT /);
    return warnings;
  };
  expect(await told(8)).toEqual([
    expect.stringMatching(
      /^\d+ MB used of 8 MB \(MemorySize\): on Lambda this ends with Runtime\.ExitError, "Runtime exited with error: signal: killed"/,
    ),
  ]);
  expect(await told(10_240)).toEqual([]);
});

test("counts pages that a function and its extension share once", async () => {
  const usedMb = async (layers: readonly Files[]): Promise<number> => {
    const environment = await start(nodeFunction("export const handler = async (event) => event;"), layers);
    await environment.invoke(1);
    await environment.idle();
    return Number(/Max Memory Used: (\d+) MB/.exec(texts(environment, "platform").join("\n"))?.[1]);
  };
  const alone = await usedMb([]);
  const both = await usedMb([{ "extensions/node-extension": nodeExtension }]);
  expect(both).toBeGreaterThan(alone);
  // Most of a small Node.js process is its own program.
  expect(both).toBeLessThan(1.5 * alone);
});
