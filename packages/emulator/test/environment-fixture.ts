import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach } from "vitest";
import type { Environment } from "../src/environment/environment.ts";
import { startEnvironment } from "../src/environment/start-environment.ts";
import type { EnvironmentOptions, FunctionSpec } from "../src/options/environment-options.ts";

/** Files of a layer or a function: path → content; those in `extensions/` are made executable. */
export type Files = Readonly<Record<string, string>>;

const folders: string[] = [];
const environments: Environment[] = [];

afterEach(async () => {
  await Promise.all(environments.splice(0).map((environment) => environment.close()));
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

/** A folder with these files, removed after the test. */
export function writeFolder(files: Files): string {
  const folder = mkdtempSync(join(tmpdir(), "emulator-test-"));
  folders.push(folder);
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
    if (name.startsWith("extensions/") || name === "bootstrap") chmodSync(path, 0o755);
  }
  return folder;
}

/** Starts an environment that is closed after the test. */
export async function start(
  spec: Omit<FunctionSpec, "codePath"> & { readonly files: Files },
  layers: readonly Files[] = [],
  options: Partial<EnvironmentOptions> = {},
): Promise<Environment> {
  const { files, ...rest } = spec;
  const environment = await startEnvironment({
    function: { ...rest, codePath: writeFolder(files) },
    layers: layers.map((layer) => writeFolder(layer)),
    ...options,
  });
  environments.push(environment);
  return environment;
}

/** A Python function with this handler. */
export function pythonFunction(body: string): Omit<FunctionSpec, "codePath"> & { readonly files: Files } {
  return { runtime: "python3.11", handler: "app.handler", name: "fn", files: { "app.py": body } };
}

/** A Node function with this module. */
export function nodeFunction(body: string): Omit<FunctionSpec, "codePath"> & { readonly files: Files } {
  return { runtime: "nodejs22.x", handler: "index.handler", name: "fn", files: { "index.mjs": body } };
}

/** Returns the texts of the lines of one source. */
export function texts(environment: Environment, source: "platform" | "function" | "extension"): readonly string[] {
  return environment.lines.filter((line) => line.source === source).map((line) => line.text);
}

/** Telemetry events that a recording extension wrote into the environment's /tmp. */
export interface RecordedEvent {
  readonly type: string;
  readonly time: string;
  readonly record: Readonly<Record<string, unknown>> | string;
}

const pythonPrelude = `#!/usr/bin/env python3
import http.client, http.server, json, os, signal, sys, threading, time
API = os.environ["AWS_LAMBDA_RUNTIME_API"]
NAME = os.path.basename(sys.argv[0])
def call(method, path, body=None, headers={}):
    connection = http.client.HTTPConnection(API)
    connection.request(method, path, body, headers)
    answer = connection.getresponse()
    return answer.status, answer.headers, answer.read()
def register(events):
    status, headers, body = call("POST", "/2020-01-01/extension/register", json.dumps({"events": events}), {"Lambda-Extension-Name": NAME})
    assert status == 200, body
    return {"Lambda-Extension-Identifier": headers["Lambda-Extension-Identifier"]}
def next_event(identity):
    status, headers, body = call("GET", "/2020-01-01/extension/event/next", None, identity)
    assert status == 200, body
    return json.loads(body)
def say(*words):
    print(*words, flush=True)
`;

/** An extension in Python, whose body can call \`register\`, \`next_event\`, \`call\` and \`say\`. */
export function pythonExtension(name: string, body: string): Files {
  return { [`extensions/${name}`]: pythonPrelude + body };
}

/** An extension that registers for both events, prints each, and exits at SHUTDOWN. */
export function politeExtension(name = "polite"): Files {
  return pythonExtension(
    name,
    `
identity = register(["INVOKE", "SHUTDOWN"])
while True:
    event = next_event(identity)
    say(event["eventType"], event.get("requestId") or event["shutdownReason"])
    if event["eventType"] == "SHUTDOWN": break
`,
  );
}

/**
 * An extension that writes each telemetry event it gets into /tmp/<name>.jsonl; \`answer\` is the status of the nth
 * request.
 */
export function recordingExtension(subscription: object, answer = "200", name = "recorder"): Files {
  return pythonExtension(
    name,
    `
count = 0
class Listener(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_POST(self):
        global count
        count += 1
        body = self.rfile.read(int(self.headers["Content-Length"]))
        with open(f"/tmp/{NAME}.jsonl", "a") as file:
            file.write(json.dumps({"path": self.path, "status": ${answer}, "events": json.loads(body)}) + "\\n")
        self.send_response(${answer})
        self.send_header("Content-Length", "0")
        self.end_headers()
    def log_message(self, *_): pass
server = http.server.ThreadingHTTPServer(("sandbox.localdomain", 0), Listener)
threading.Thread(target=server.serve_forever, daemon=True).start()
identity = register(["INVOKE", "SHUTDOWN"])
subscription = json.loads('''${JSON.stringify(subscription)}''')
subscription["destination"] = {"protocol": "HTTP", "URI": f"http://sandbox.localdomain:{server.server_port}/events"}
status, _, body = call("PUT", "/2022-07-01/telemetry", json.dumps(subscription), identity)
assert (status, body) == (200, b'"OK"'), body
while next_event(identity)["eventType"] != "SHUTDOWN": pass
# Refused batches come again.
if """${answer}""" != "200": time.sleep(1)
`,
  );
}
