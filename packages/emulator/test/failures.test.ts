import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Environment } from "../src/environment/environment.ts";
import type { InvokeResult } from "../src/options/invoke-result.ts";
import { nodeFunction, politeExtension, pythonExtension, pythonFunction, start, texts } from "./environment-fixture.ts";

function firstWords(environment: Environment): readonly string[] {
  return texts(environment, "platform").map((text) => text.split(/[ \t]/, 1)[0] ?? "");
}

function errorOf(result: InvokeResult): { errorType: string; errorMessage: string } {
  expect(result.kind).toBe("function-error");
  return JSON.parse(result.payload) as { errorType: string; errorMessage: string };
}

test("gives a Python handler's exception as Lambda does, and goes on", async () => {
  const fn = pythonFunction(
    "def handler(event, context):\n    if event == 'bad': raise ValueError('no')\n    return 1\n",
  );
  const environment = await start(fn);
  const result = await environment.invoke("bad");
  expect(JSON.parse(result.payload)).toEqual({
    errorMessage: "no",
    errorType: "ValueError",
    requestId: result.requestId,
    stackTrace: ["  File \"/var/task/app.py\", line 2, in handler\n    if event == 'bad': raise ValueError('no')\n"],
  });
  expect(await environment.invoke("good")).toMatchObject({ kind: "response" });
  expect(texts(environment, "function")[0]).toMatch(/^\[ERROR\] ValueError: no\nTraceback/);
});

test("gives a Node handler's exception as Lambda does, and goes on", async () => {
  const environment = await start(
    nodeFunction(
      "export const handler = async (event) => { if (event === 'bad') throw new TypeError('no'); return 1; };",
    ),
  );
  const error = JSON.parse((await environment.invoke("bad")).payload) as Record<string, unknown>;
  expect(error).toMatchObject({
    errorType: "TypeError",
    errorMessage: "no",
    trace: expect.arrayContaining(["TypeError: no", "    at handler (file:///var/task/index.mjs:1:70)"]),
  });
  expect(await environment.invoke("good")).toMatchObject({ kind: "response" });
});

test("resets after a timeout: SHUTDOWN says so, /tmp stays, the next invocation starts anew", async () => {
  const fn = {
    ...pythonFunction(
      "import time\nloaded = time.time()\ndef handler(event, context):\n    open('/tmp/kept', 'a').write(event)\n    if event == 'slow': time.sleep(60)\n    return event\n",
    ),
    timeoutSeconds: 2,
  };
  const environment = await start(fn, [politeExtension()]);
  expect(errorOf(await environment.invoke("slow"))).toEqual({
    errorType: "Sandbox.Timedout",
    errorMessage: expect.stringMatching(/^RequestId: \S+ Error: Task timed out after 2\.00 seconds$/),
  });
  const firstIds = environment.timeline.filter(({ lane, kind }) => lane === "polite" && kind === "spawn");
  expect(await environment.invoke("next")).toMatchObject({ kind: "response", payload: '"next"' });
  expect(texts(environment, "extension")).toContain("SHUTDOWN timeout");
  expect(readFileSync(join(environment.tmpPath, "kept"), "utf8")).toBe("slownext");
  expect(environment.timeline.filter(({ lane, kind }) => lane === "polite" && kind === "spawn")).toHaveLength(
    firstIds.length + 1,
  );
  expect(texts(environment, "platform").find((text) => text.startsWith("REPORT"))).toMatch(
    /Duration: 2000\.00 ms.*Status: timeout$/,
  );
  expect(environment.timeline.filter(({ kind }) => kind === "init").map(({ detail }) => detail)).toEqual([
    "init",
    "invoke",
  ]);
});

test("counts extensions in the timeout, after the caller has its answer", async () => {
  const sleepy = "identity = register(['INVOKE', 'SHUTDOWN'])\nnext_event(identity)\ntime.sleep(60)\n";
  const fn = { ...pythonFunction("def handler(event, context): return 1"), timeoutSeconds: 2 };
  const environment = await start(fn, [pythonExtension("sleepy", sleepy)]);
  expect(await environment.invoke(1)).toMatchObject({ kind: "response", payload: "1" });
  await environment.idle();
  expect(texts(environment, "platform").find((text) => text.startsWith("REPORT"))).toMatch(/Status: timeout$/);
  expect(texts(environment, "platform").filter((text) => text.startsWith("it waited"))).toEqual([
    "it waited for sleepy to ask for its next event",
  ]);
});

test.each([
  ["os._exit(0)", "Runtime exited without providing a reason"],
  ["os._exit(3)", "Runtime exited with error: exit status 3"],
  ["os.kill(os.getpid(), 9)", "Runtime exited with error: signal: killed"],
])("resets when the runtime ends by %s", async (end, message) => {
  const environment = await start(
    pythonFunction(`import os\ndef handler(event, context):\n    if event == 'die': ${end}\n    return event\n`),
    [politeExtension()],
  );
  const result = await environment.invoke("die");
  expect(errorOf(result)).toEqual({
    errorType: "Runtime.ExitError",
    errorMessage: `RequestId: ${result.requestId} Error: ${message}`,
  });
  expect(await environment.invoke("live")).toMatchObject({ kind: "response", payload: '"live"' });
  expect(texts(environment, "extension")).toContain("SHUTDOWN failure");
});

test("resets when an extension ends, even with exit code 0", async () => {
  const leaver = "identity = register(['INVOKE'])\nnext_event(identity)\nsys.exit(0)\n";
  const environment = await start(pythonFunction("import time\ndef handler(event, context):\n    time.sleep(5)\n"), [
    pythonExtension("leaver", leaver),
  ]);
  expect(errorOf(await environment.invoke(1))).toMatchObject({
    errorType: "Extension.Crash",
    errorMessage: expect.stringContaining("exit code 0"),
  });
  expect(texts(environment, "platform")).toContain("leaver ended: exit code 0");
});

test("answers with Extension.ExitError after an extension reports an exit error", async () => {
  const reporter =
    "identity = register(['INVOKE'])\nnext_event(identity)\ncall('POST', '/2020-01-01/extension/exit/error', '{}', {**identity, 'Lambda-Extension-Function-Error-Type': 'Extension.Mine'})\nsys.exit(1)\n";
  const environment = await start(pythonFunction("import time\ndef handler(event, context):\n    time.sleep(5)\n"), [
    pythonExtension("reporter", reporter),
  ]);
  expect(errorOf(await environment.invoke(1))).toMatchObject({
    errorType: "Extension.ExitError",
    errorMessage: expect.stringContaining("exit status 1"),
  });
});

test("fails init when an extension reports an error and exits; the invocation tries again and fails too", async () => {
  const broken =
    "identity = register(['INVOKE'])\ncall('POST', '/2020-01-01/extension/init/error', '{}', {**identity, 'Lambda-Extension-Function-Error-Type': 'Extension.Mine'})\nsys.exit(1)\n";
  const environment = await start(pythonFunction("def handler(event, context): return 1"), [
    pythonExtension("broken", broken),
  ]);
  expect(errorOf(await environment.invoke(1)).errorType).toBe("Extension.InitError");
  const reports = texts(environment, "platform").filter((text) => text.startsWith("INIT_REPORT"));
  expect(reports).toEqual([
    expect.stringMatching(/Phase: init\tStatus: error\tError Type: Extension\.InitError$/),
    expect.stringMatching(/Phase: invoke\tStatus: error\tError Type: Extension\.InitError$/),
  ]);
});

test("recovers in the invocation from an init that failed once", async () => {
  const flaky =
    "import os\nif not os.path.exists('/tmp/tried'):\n    open('/tmp/tried', 'w').close()\n    raise RuntimeError('first time')\ndef handler(event, context): return 'ok'\n";
  const environment = await start(pythonFunction(flaky));
  expect(await environment.invoke(1)).toMatchObject({ kind: "response", payload: '"ok"' });
  await environment.idle();
  expect(firstWords(environment)).toEqual(["INIT_REPORT", "START", "END", "REPORT"]);
});

test.each([
  ["app.missing", "def handler(e, c): pass", "Runtime.HandlerNotFound", "Handler 'missing' missing on module 'app'"],
  ["nothing.handler", "", "Runtime.ImportModuleError", "Unable to import module 'nothing': No module named 'nothing'"],
  [
    "app.handler",
    "import absent",
    "Runtime.ImportModuleError",
    "Unable to import module 'app': No module named 'absent'",
  ],
  [
    "app.handler",
    "def (",
    "Runtime.UserCodeSyntaxError",
    "Syntax error in module 'app': invalid syntax (app.py, line 1)",
  ],
  [
    "handler",
    "",
    "Runtime.MalformedHandlerName",
    "Bad handler 'handler': not enough values to unpack (expected 2, got 1)",
  ],
])("names what is wrong with the Python handler %s of %j", async (handler, body, errorType, errorMessage) => {
  const environment = await start({ ...pythonFunction(body), handler });
  expect(errorOf(await environment.invoke(1))).toMatchObject({ errorType, errorMessage });
});

test.each([
  [
    "index.missing",
    "export const handler = 1",
    "Runtime.HandlerNotFound",
    "index.missing is undefined or not exported",
  ],
  ["nothing.handler", "", "Runtime.ImportModuleError", "Error: Cannot find module"],
  ["index.handler", "import 'absent'", "Error", "Cannot find package 'absent'"],
  ["index.handler", "const (", "Runtime.UserCodeSyntaxError", "SyntaxError: Unexpected token '('"],
  ["index", "", "Runtime.MalformedHandlerName", "Bad handler"],
])("names what is wrong with the Node handler %s of %j", async (handler, body, errorType, errorMessage) => {
  const environment = await start({ ...nodeFunction(body), handler });
  const error = errorOf(await environment.invoke(1));
  expect(error.errorType).toBe(errorType);
  expect(error.errorMessage.startsWith(errorMessage)).toBe(true);
});

test.each([
  ["README", "not a program", "exec format error"],
  ["crlf", "#!/bin/bash\r\necho\r\n", "its lines end with CR LF"],
  ["other", "#!/var/lang/bin/node\n", "its #! line names /var/lang/bin/node, which this runtime does not have"],
])("fails init for the file %s in extensions/, and says what is wrong", async (name, content, message) => {
  const environment = await start(pythonFunction("def handler(e, c): return 1"), [{ [`extensions/${name}`]: content }]);
  expect(texts(environment, "platform")[0]).toContain(message);
  expect(errorOf(await environment.invoke(1)).errorType).toBe("Extension.LaunchError");
});

test("kills an extension that does not end within two seconds of SHUTDOWN, and at once an extension that did not register for it", async () => {
  const stubborn =
    "identity = register(['SHUTDOWN'])\nevent = next_event(identity)\nsay(event['deadlineMs'])\ntime.sleep(60)\n";
  const silent = "identity = register([])\nnext_event(identity)\n";
  const environment = await start(pythonFunction("def handler(e, c): return 1"), [
    pythonExtension("stubborn", stubborn),
    pythonExtension("silent", silent),
  ]);
  await environment.invoke(1);
  const startEpochMs = Date.now();
  await environment.shutdown();
  const [deadlineEpochMs] = texts(environment, "extension").map(Number);
  expect(deadlineEpochMs).toBeGreaterThanOrEqual(startEpochMs + 2000);
  // It is killed at its deadline, not before; timers may fire a millisecond early.
  expect(Date.now()).toBeGreaterThanOrEqual((deadlineEpochMs ?? NaN) - 2);
  expect(
    environment.timeline.filter(({ kind }) => kind === "exit").map(({ lane, detail }) => `${lane} ${detail ?? ""}`),
  ).toEqual(["runtime signal: terminated", "silent signal: killed", "stubborn signal: killed"]);
});

test.each([
  ["nothing there", {}, undefined, /^Couldn't find valid bootstrap\(s\): \[\/var\/task\/bootstrap \/opt\/bootstrap\]/],
  [
    "no execute bit",
    { "run.sh": "#!/bin/sh\n" },
    ["/var/task/run.sh"],
    /^fork\/exec \/var\/task\/run\.sh: permission denied .*chmod \+x/,
  ],
  ["no #! line", { bootstrap: "echo" }, undefined, /^fork\/exec \/var\/task\/bootstrap: exec format error/],
  [
    "an interpreter that is not there",
    { bootstrap: "#!/opt/bin/lua\n" },
    undefined,
    /^fork\/exec \/var\/task\/bootstrap: .*\/opt\/bin\/lua/,
  ],
  ["a command that is not on PATH", {}, ["nowhere", "--flag"], /^exec: "nowhere": executable file not found in \$PATH/],
] as const)("a custom runtime with %s: the platform's error, and what to do", async (_, files, bootstrap, message) => {
  const fn = { runtime: "provided.al2023", handler: "x", files };
  const environment = await start(bootstrap === undefined ? fn : { ...fn, bootstrap }, [politeExtension()]);
  const { errorType, errorMessage } = errorOf(await environment.invoke(1));
  expect(errorType).toBe("Runtime.InvalidEntrypoint");
  expect(errorMessage.replace(/^RequestId: \S+ Error: /, "")).toMatch(message);
  expect(texts(environment, "platform")).toContainEqual(expect.stringMatching(/^the function cannot be started: /));
  expect(texts(environment, "function")).toEqual([]);
});

test("a custom runtime's command is looked up on the PATH inside the environment", async () => {
  const fn = { runtime: "provided.al2023", handler: "x", files: {}, bootstrap: ["sh", "-c", "echo started; exit 3"] };
  const environment = await start(fn);
  expect(errorOf(await environment.invoke(1))).toMatchObject({ errorType: "Runtime.ExitError" });
  expect(texts(environment, "function")).toContain("started");
});
