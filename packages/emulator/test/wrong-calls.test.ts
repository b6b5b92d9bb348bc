import { afterEach, beforeEach, expect, test } from "vitest";
import { maxPayloadBytes } from "../src/api/runtime-api.ts";
import type { Answered, Invocation } from "../src/state/invocation.ts";
import { releaseEvent } from "../src/state/release-event.ts";
import { releaseInvocation } from "../src/state/release-invocation.ts";
import { startApiFixture } from "./api-fixture.ts";
import type { ApiFixture, Reply } from "./api-fixture.ts";

const extensions = "/2020-01-01/extension";
const runtime = "/2018-06-01/runtime";
const id = "11111111-2222-4333-8444-555555555555";
const stranger = "4f0cdd3e-7c3d-4b9b-9d1e-3d1f5d1a0a01";
const known = { "Lambda-Extension-Identifier": id };

let api: ApiFixture;
beforeEach(async () => void (api = await startApiFixture()));
afterEach(() => api.close());

function register(
  name = "probe",
  body = '{"events":["INVOKE","SHUTDOWN"]}',
  headers: Record<string, string> = {},
): Promise<Reply> {
  return api.call("POST", `${extensions}/register`, { headers: { "Lambda-Extension-Name": name, ...headers }, body });
}

function next(): Promise<Reply> {
  return api.call("GET", `${extensions}/event/next`, { headers: known });
}

function report(
  kind: "init" | "exit",
  headers: Record<string, string> = { "Lambda-Extension-Function-Error-Type": "Extension.Why" },
  body = "",
): Promise<Reply> {
  return api.call("POST", `${extensions}/${kind}/error`, { headers: { ...known, ...headers }, body });
}

function expectError(reply: Reply, status: number, errorType: string, errorMessage: string): void {
  expect(reply.status).toBe(status);
  expect(reply.headers["content-type"]).toBe("application/json");
  expect(reply.body).toBe(`${JSON.stringify({ errorMessage, errorType })}\n`);
}

/** Waits until the extension's `next` is parked. */
async function parkExtension(): Promise<{ readonly parked: Promise<Reply> }> {
  const parked = next();
  // Closing the server cuts a call that still waits at the end of a test.
  parked.catch(() => {});
  await api.generation.changes.until(() => api.generation.extensions[0]?.parked !== undefined);
  return { parked };
}

function invocation(answers: Answered[] = []): Invocation {
  return {
    requestId: "req-1",
    payload: Buffer.from("{}"),
    receivedEpochMs: 0,
    deadlineEpochMs: 1234.5,
    traceId: "Root=1",
    clientContext: undefined,
    contentType: "application/json",
    functionArn: "arn",
    answer: (answered) => void answers.push(answered),
    piece: () => 0,
    abandon() {},
  };
}

async function invokeRuntime(answers?: Answered[]): Promise<Reply> {
  const waiting = api.call("GET", `${runtime}/invocation/next`);
  await api.generation.changes.until(() => api.generation.runtime.parked.length > 0);
  releaseInvocation(api.platform, api.generation.runtime, invocation(answers));
  return await waiting;
}

test.each([
  ["GET", "/nothing"],
  ["PUT", "/2022-07-01/telemetry/"],
  ["POST", `${extensions}/register/`],
  ["GET", `${runtime}/restore/next`],
  ["GET", "/2021-04-23/credentials"],
])("answers the unknown path of %s %s with 404 in plain text", async (method, path) => {
  const reply = await api.call(method, path);
  expect(reply.status).toBe(404);
  expect(reply.headers).toMatchObject({
    "content-type": "text/plain; charset=utf-8",
    "x-content-type-options": "nosniff",
  });
  expect(reply.body).toBe("404 page not found\n");
});

test.each([
  ["PUT", `${extensions}/register`],
  ["POST", `${extensions}/event/next`],
  ["POST", "/2018-06-01/ping"],
])("answers %s %s, known under another method, with an empty 405", async (method, path) => {
  expect(await api.call(method, path)).toMatchObject({ status: 405, body: "" });
});

test("answers a ping", async () => {
  expect(await api.call("GET", "/2018-06-01/ping")).toMatchObject({ status: 200, body: "pong" });
});

test("registers, and gives the account only to an extension that asks for it", async () => {
  const reply = await register("probe", "null", { "Lambda-Extension-Accept-Feature": "other, accountId" });
  expect(reply.status).toBe(200);
  expect(reply.headers["lambda-extension-identifier"]).toBe(id);
  expect(reply.body).toBe(
    '{"accountId":"123456789012","functionName":"fn","functionVersion":"$LATEST","handler":"a.b"}\n',
  );
});

test("takes the same event twice", async () => {
  expect(await register("probe", '{"events":["INVOKE","INVOKE"]}')).toMatchObject({ status: 200 });
});

test.each([
  ["", "the body is not JSON: Unexpected end of JSON input"],
  ['{"events":1}', "events: expected a list of strings, got a number"],
  ['{"configurationKeys":["a"]}', "configurationKeys are deprecated; use environment variables instead"],
])("refuses to register with the body %s", async (body, message) => {
  expectError(await register("probe", body), 403, "InvalidRequestFormat", message);
});

test("refuses to register with a body that is no JSON, and says why", async () => {
  const { status, body } = await register("probe", "{bad");
  expect({ status, body }).toMatchObject({ status: 403, body: expect.stringContaining("the body is not JSON: ") });
});

test("refuses to register without a name", async () => {
  const reply = await api.call("POST", `${extensions}/register`, { body: "{bad" });
  expectError(reply, 403, "Extension.InvalidExtensionName", "Empty extension name");
});

test("escapes angle brackets as Go does", async () => {
  const reply = await register("probe", '{"events":["<FOO>"]}');
  expect(reply.status).toBe(403);
  expect(reply.body).toBe(
    '{"errorMessage":"\\u003cFOO\\u003e: ErrorInvalidEventType","errorType":"Extension.InvalidEventType"}\n',
  );
});

test("refuses a second registration", async () => {
  await register();
  const message =
    "State transition from Registered to Registered failed for extension probe. Error: State transition is not allowed";
  expectError(await register(), 403, "Extension.InvalidExtensionState", message);
});

test("takes a wrong name for an internal extension, which cannot ask for SHUTDOWN", async () => {
  expectError(
    await register("misspelt"),
    403,
    "Extension.InvalidEventType",
    "SHUTDOWN: ShutdownEventNotSupportedForInternalExtension",
  );
  expect(await register("misspelt", '{"events":["INVOKE"]}')).toMatchObject({ status: 200 });
  expectError(
    await register("misspelt", "{}"),
    403,
    "Extension.InvalidExtensionState",
    "Extension with this name already registered",
  );
});

test("refuses the eleventh extension", async () => {
  for (let count = 1; count < 10; count += 1) {
    expect(await register(`internal-${count}`, "{}")).toMatchObject({ status: 200 });
  }
  expectError(await register("internal-10", "{}"), 403, "Extension.TooManyExtensions", "Extension limit (10) reached");
});

test("refuses an internal extension after registration closed", async () => {
  api.generation.isRegistrationOpen = false;
  expectError(
    await register("late", "{}"),
    403,
    "Extension.RegistrationClosed",
    "Extension registration closed already",
  );
});

test.each([
  [{}, "Extension.MissingExtensionIdentifier", "Missing Lambda-Extension-Identifier header"],
  [
    { "Lambda-Extension-Identifier": "" },
    "Extension.MissingExtensionIdentifier",
    "Missing Lambda-Extension-Identifier header",
  ],
  [
    { "Lambda-Extension-Identifier": "xyz" },
    "Extension.InvalidExtensionIdentifier",
    "Invalid Lambda-Extension-Identifier",
  ],
  [
    { "Lambda-Extension-Identifier": stranger.toUpperCase() },
    "Extension.UnknownExtensionIdentifier",
    `Unknown extension ${stranger}`,
  ],
  [
    { "Lambda-Extension-Identifier": `urn:uuid:${stranger}` },
    "Extension.UnknownExtensionIdentifier",
    `Unknown extension ${stranger}`,
  ],
  [
    { "Lambda-Extension-Identifier": `{${stranger}}` },
    "Extension.UnknownExtensionIdentifier",
    `Unknown extension ${stranger}`,
  ],
  [
    { "Lambda-Extension-Identifier": stranger.replaceAll("-", "") },
    "Extension.UnknownExtensionIdentifier",
    `Unknown extension ${stranger}`,
  ],
])("refuses next with %j", async (headers, type, message) => {
  expectError(await api.call("GET", `${extensions}/event/next`, { headers }), 403, type, message);
});

test.each(["init", "exit"] as const)(
  "checks the header of %s/error before the identifier is looked up",
  async (kind) => {
    const unknown = { "Lambda-Extension-Identifier": stranger };
    const message = "Lambda-Extension-Function-Error-Type not found";
    expectError(
      await api.call("POST", `${extensions}/${kind}/error`, { headers: unknown }),
      403,
      "Extension.MissingHeader",
      message,
    );
    expectError(
      await report(kind, { ...unknown, "Lambda-Extension-Function-Error-Type": "x" }),
      403,
      "Extension.UnknownExtensionIdentifier",
      "Unknown Lambda-Extension-Identifier",
    );
  },
);

test("delivers INVOKE as JSON with an event identifier and no newline", async () => {
  await register();
  const { parked } = await parkExtension();
  const [extension] = api.generation.extensions;
  if (extension !== undefined) releaseEvent(api.platform, extension, { kind: "INVOKE", invocation: invocation() });
  const reply = await parked;
  expect(reply.headers["content-type"]).toBe("application/json");
  expect(reply.headers["lambda-extension-event-identifier"]).toMatch(/^[0-9a-f-]{36}$/);
  expect(reply.body).toBe(
    '{"eventType":"INVOKE","deadlineMs":1235,"requestId":"req-1","invokedFunctionArn":"arn","tracing":{"type":"X-Amzn-Trace-Id","value":"Root=1"}}',
  );
});

test("delivers SHUTDOWN as plain text to an extension that asks after it was released", async () => {
  await register();
  const [extension] = api.generation.extensions;
  if (extension !== undefined) {
    releaseEvent(api.platform, extension, { kind: "SHUTDOWN", deadlineEpochMs: 5, reason: "spindown" });
  }
  const reply = await next();
  expect(reply.headers["content-type"]).toBe("text/plain; charset=utf-8");
  expect(reply.headers["lambda-extension-event-identifier"]).toBeUndefined();
  expect(reply.body).toBe('{"eventType":"SHUTDOWN","deadlineMs":5,"shutdownReason":"spindown"}');
});

test("refuses a second next while the first waits, and keeps the first", async () => {
  await register();
  const { parked } = await parkExtension();
  const message = `State transition from Ready to Ready failed for extension ${id}. Error: State transition is not allowed`;
  expectError(await next(), 403, "Extension.InvalidExtensionState", message);
  const [extension] = api.generation.extensions;
  if (extension !== undefined) releaseEvent(api.platform, extension, { kind: "INVOKE", invocation: invocation() });
  expect(await parked).toMatchObject({ status: 200 });
});

test("refuses init/error once next was called", async () => {
  await register();
  await parkExtension();
  const message = `State transition from Ready to InitError failed for extension ${id}. Error: State transition is not allowed`;
  expectError(await report("init"), 403, "Extension.InvalidExtensionState", message);
});

test("takes init/error twice, keeps the first type, and nothing after it", async () => {
  await register();
  expect(await report("init")).toMatchObject({ status: 202, body: '{"status":"OK"}\n' });
  expect(await report("init", { "Lambda-Extension-Function-Error-Type": "Extension.Second" })).toMatchObject({
    status: 202,
  });
  expect(api.generation.extensions[0]?.errorType).toBe("Extension.Why");
  const message = `State transition from InitError to Ready failed for extension ${id}. Error: State transition is not allowed`;
  expectError(await next(), 403, "Extension.InvalidExtensionState", message);
  expectError(await report("exit"), 403, "Extension.InvalidExtensionState", message.replace("Ready", "Exited"));
});

test("takes exit/error with a body that is not JSON, also while next waits", async () => {
  await register();
  await parkExtension();
  expect(await report("exit", undefined, "zzz")).toMatchObject({ status: 202 });
  expect(await report("exit", undefined, "zzz")).toMatchObject({ status: 202 });
});

test("gives the runtime the same invocation when it asks again", async () => {
  const first = await invokeRuntime();
  expect(first.headers).toMatchObject({
    "lambda-runtime-aws-request-id": "req-1",
    "lambda-runtime-deadline-ms": "1235",
    "content-type": "application/json",
  });
  expect(await api.call("GET", `${runtime}/invocation/next`)).toMatchObject({ status: 200, body: "{}" });
});

test("refuses a second response while the invocation lasts, and any of another id", async () => {
  await invokeRuntime();
  expect(await api.call("POST", `${runtime}/invocation/req-1/response`, { body: "1" })).toMatchObject({
    status: 202,
    body: '{"status":"OK"}\n',
  });
  const message =
    "State transition from RuntimeResponseSentState to InvocationResponse failed for runtime. Error: State transition is not allowed";
  expectError(
    await api.call("POST", `${runtime}/invocation/req-1/response`, { body: "1" }),
    403,
    "InvalidStateTransition",
    message,
  );
  expectError(
    await api.call("POST", `${runtime}/invocation/other/response`),
    400,
    "InvalidRequestID",
    "Invalid request ID",
  );
  expectError(
    await api.call("POST", `${runtime}/invocation/other/error`),
    400,
    "InvalidRequestID",
    "Invalid request ID",
  );
});

test("answers a response that is too large with 413, and the caller with a function error", async () => {
  const answers: Answered[] = [];
  await invokeRuntime(answers);
  const bytes = maxPayloadBytes + 44;
  const reply = await api.call("POST", `${runtime}/invocation/req-1/response`, { body: Buffer.alloc(bytes) });
  expectError(reply, 413, "RequestEntityTooLarge", "Exceeded maximum allowed payload size (6291556 bytes).");
  expect(answers.map(({ kind, payload }) => [kind, payload.toString()])).toEqual([
    [
      "function-error",
      `{"errorType":"Function.ResponseSizeTooLarge","errorMessage":"Response payload size (${bytes} bytes) exceeded maximum allowed payload size (6291556 bytes)."}`,
    ],
  ]);
});

test("refuses an unknown response mode, and the runtime is stuck", async () => {
  await invokeRuntime();
  const headers = { "Lambda-Runtime-Function-Response-Mode": "STREAMING" };
  const reply = await api.call("POST", `${runtime}/invocation/req-1/response`, { headers, body: "1" });
  expectError(reply, 400, "InvalidFunctionResponseMode", "Invalid function response mode");
  expect(await api.call("GET", `${runtime}/invocation/next`)).toMatchObject({ status: 403 });
  expect(await api.call("POST", `${runtime}/invocation/req-1/response`)).toMatchObject({ status: 403 });
});

test("refuses init/error of a runtime that was ready", async () => {
  await invokeRuntime();
  const message =
    "State transition from Running to InitError failed for runtime. Error: State transition is not allowed";
  expectError(await api.call("POST", `${runtime}/init/error`), 403, "InvalidStateTransition", message);
});

test("checks who subscribes, then when, then what", async () => {
  const path = "/2022-07-01/telemetry";
  expectError(
    await api.call("PUT", path),
    403,
    "Extension.MissingExtensionIdentifier",
    "Missing Lambda-Extension-Identifier header",
  );
  await register();
  const invalid = await api.call("PUT", path, {
    headers: known,
    body: '{"schemaVersion":"2022-12-13","types":[],"destination":{"protocol":"HTTP","URI":"http://sandbox"}}',
  });
  expect(invalid.status).toBe(400);
  expect(invalid.body).toBe(
    '{"errorType":"ValidationError","errorMessage":"types should not be empty; URI port is not provided"}\n',
  );
  api.generation.isSubscriptionOpen = false;
  expectError(
    await api.call("PUT", path, { headers: known, body: "{}" }),
    403,
    "Telemetry.SubscriptionClosed",
    "Telemetry API subscription is closed already",
  );
});
