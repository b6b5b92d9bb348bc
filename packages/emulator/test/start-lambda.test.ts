import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { runCli } from "../src/cli/run-cli.ts";
import { createFakeEnvironments, createFakeHost } from "./fake-host.ts";
import type { FakeEnvironments, FakeHost } from "./fake-host.ts";

const functionText = "Type: AWS::Serverless::Function, Properties: { CodeUri: ., Handler: a.b, Runtime: python3.12";
const templateText = `Resources:\n  First: { ${functionText} } }\n  Second: { ${functionText}, FunctionName: second-name } }\n  Missing: { ${functionText.replace("CodeUri: .", "CodeUri: nowhere")} } }\n`;

let folder: string;
let host: FakeHost;
let ended: Promise<number>;
let environments: FakeEnvironments;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "emulator api "));
  await writeFile(join(folder, "template.yaml"), templateText);
  environments = createFakeEnvironments((event) => {
    const text = new TextDecoder().decode(event as Uint8Array);
    const isBad = text.includes("bad");
    return Promise.resolve(
      isBad
        ? { kind: "function-error", payload: '{"errorType":"X"}' }
        : { kind: "response", payload: `{"got":${text}}` },
    );
  });
  host = createFakeHost(folder, { startEnvironment: environments.start });
  ended = runCli(["start-lambda", "--port", "0"], host);
});
afterEach(async () => {
  host.interrupt();
  await ended;
  await rm(folder, { recursive: true });
});

async function call(
  name: string,
  init: { readonly body?: string; readonly headers?: Record<string, string> } = {},
): Promise<Response> {
  await expect.poll(() => host.written.stdout).toContain("http://127.0.0.1:");
  return fetch(`${host.written.stdout.trim()}/2015-03-31/functions/${name}/invocations`, { method: "POST", ...init });
}
const headers = (name: string, value: string) => ({ headers: { [`x-amz-${name}`]: value } });

describe("start-lambda", () => {
  test("answers RequestResponse with the function's answer, version and request id", async () => {
    const response = await call("First", { body: '{"n":12345678901234567890}' });
    expect(response.status).toBe(200);
    expect(await response.text()).toBe('{"got":{"n":12345678901234567890}}');
    expect(response.headers.get("x-amz-executed-version")).toBe("$LATEST");
    expect(response.headers.get("x-amzn-requestid")).toMatch(/^[\da-f-]{36}$/);
    expect(response.headers.get("x-amz-function-error")).toBeNull();
  });

  test.each([
    "First",
    "second-name",
    "second-name:live",
    encodeURIComponent("arn:aws:lambda:us-east-1:123456789012:function:Second"),
  ])("finds the function %s", async (name) => {
    expect((await call(name)).status).toBe(200);
  });

  test("gives {} to the function if there is no payload", async () => {
    expect(await (await call("First")).text()).toBe('{"got":{}}');
  });

  test("answers a function's error with 200 and X-Amz-Function-Error", async () => {
    const response = await call("First", { body: '"bad"' });
    expect([response.status, response.headers.get("x-amz-function-error")]).toEqual([200, "Unhandled"]);
    expect(await response.text()).toBe('{"errorType":"X"}');
  });

  test("adds the last lines with LogType Tail, REPORT among them", async () => {
    const response = await call("First", headers("log-type", "Tail"));
    const tail = Buffer.from(response.headers.get("x-amz-log-result") ?? "", "base64").toString("utf8");
    expect(tail).toBe("function line\nREPORT\n");
  });

  test("answers Event at once and runs it, and reports a failure", async () => {
    const response = await call("First", { body: '"bad"', ...headers("invocation-type", "Event") });
    expect([response.status, await response.text()]).toEqual([202, ""]);
    await expect.poll(() => host.written.stderr).toContain("asynchronous invocation of First failed");
  });

  test("answers DryRun without running anything", async () => {
    expect((await call("First", headers("invocation-type", "DryRun"))).status).toBe(204);
    expect(environments.events).toEqual([]);
    expect(environments.started.filter(({ initialize }) => initialize !== "at-first-invoke")).toEqual([]);
  });

  test("reuses an environment for the next invocation", async () => {
    await call("First", headers("log-type", "Tail"));
    await call("First", headers("log-type", "Tail"));
    expect(environments.events).toHaveLength(2);
    expect(environments.started.filter((options) => options.function.name === "First")).toHaveLength(1);
  });

  test("lays out the first environment of each function that needs no build, once it listens", async () => {
    await expect.poll(() => environments.started.length).toBe(2);
    expect(environments.started.map(({ initialize }) => initialize)).toEqual(["at-first-invoke", "at-first-invoke"]);
    expect(environments.events).toEqual([]);
  });

  test("reports once for each function how this machine differs from Lambda", async () => {
    let answer = (): void => {};
    const held = new Promise<void>((resolve) => (answer = resolve));
    const fakes = createFakeEnvironments(() => held.then(() => ({ kind: "response", payload: "1" })));
    host.interrupt();
    await ended;
    host = createFakeHost(folder, {
      startEnvironment(options) {
        options.onLine?.({ source: "platform", name: "platform", text: "no CPU share", epochMs: 0, isNotice: true });
        return fakes.start(options);
      },
    });
    ended = runCli(["start-lambda", "--port", "0"], host);
    const calls = [call("First"), call("First")];
    await expect.poll(() => fakes.events.length).toBe(2);
    answer();
    await Promise.all(calls);
    expect(fakes.started.filter((options) => options.function.name === "First")).toHaveLength(2);
    expect(host.written.stderr.match(/First no CPU share/g)).toHaveLength(1);
    expect(host.written.stderr.match(/Registering/g)?.length).toBeGreaterThan(1);
  });

  test("ends with 130 and no environment left when the user ends it", async () => {
    await call("First");
    host.interrupt();
    expect(await ended).toBe(130);
    expect(environments.open()).toBe(0);
  });

  test.each([
    ["Nowhere", {}, 404, "ResourceNotFoundException", "Function not found: Nowhere"],
    ["First", { body: "{no" }, 400, "InvalidRequestContentException", "Could not parse request body into json"],
    [
      "First",
      headers("invocation-type", "Sometimes"),
      400,
      "InvalidParameterValueException",
      "Unknown invocation type: Sometimes",
    ],
    ["First", headers("client-context", "bm8="), 400, "InvalidRequestContentException", "Client context"],
    ["First", { body: `"${"x".repeat(6_291_456)}"` }, 413, "RequestTooLargeException", "6291456 bytes"],
    [
      "First",
      { body: `"${"x".repeat(1_048_576)}"`, ...headers("invocation-type", "Event") },
      413,
      "RequestTooLargeException",
      "1048576 bytes",
    ],
    ["Missing", {}, 500, "ServiceException", "/nowhere is not there"],
  ])("answers a call of %s it cannot serve as Lambda does (%#)", async (name, init, status, errorType, message) => {
    const response = await call(name, init);
    expect([response.status, response.headers.get("x-amzn-errortype")]).toEqual([status, errorType]);
    const body = (await response.json()) as { Type: string; Message: string };
    expect(body.Message).toContain(message);
    expect(body.Type).toBe(status === 500 ? "Service" : "User");
  });

  test("serves a function again after the user has corrected its fault", async () => {
    expect((await call("Missing")).status).toBe(500);
    await mkdir(join(folder, "nowhere"));
    expect((await call("Missing")).status).toBe(200);
  });

  test("answers InvokeWithResponseStream with events, the function's error in the last one", async () => {
    await call("First");
    const stream = async (init: { readonly body?: string; readonly headers?: Record<string, string> }) => {
      const url = `${host.written.stdout.trim()}/2021-11-15/functions/First/response-streaming-invocations`;
      const response = await fetch(url, { method: "POST", ...init });
      return { response, text: await response.text() };
    };
    const good = await stream({ body: "1" });
    expect([good.response.status, good.response.headers.get("content-type")]).toEqual([
      200,
      "application/vnd.amazon.eventstream",
    ]);
    expect(good.text).toMatch(/PayloadChunk.*application\/octet-stream{"got":1}.*InvokeComplete.*application\/json{}/s);
    const bad = await stream({ body: '"bad"', ...headers("log-type", "Tail") });
    expect(bad.response.status).toBe(200);
    expect(bad.text).not.toContain("PayloadChunk");
    expect(bad.text).toMatch(/{"ErrorCode":"Unhandled","ErrorDetails":"{\\"errorType\\":\\"X\\"}","LogResult":"\w+/);
    expect((await stream(headers("invocation-type", "DryRun"))).response.status).toBe(204);
    expect((await stream(headers("invocation-type", "Event"))).response.headers.get("x-amzn-errortype")).toBe(
      "InvalidParameterValueException",
    );
  });

  test("answers other paths with 404 and names the paths that it serves", async () => {
    await call("First");
    const response = await fetch(`${host.written.stdout.trim()}/2015-03-31/functions`);
    expect(response.status).toBe(404);
    expect(await response.text()).toContain("only Invoke and InvokeWithResponseStream are");
  });

  test("names a port that is in use and what to do", async () => {
    const taken = createServer().listen(0, "127.0.0.1");
    await expect.poll(() => taken.listening).toBe(true);
    const { port } = taken.address() as AddressInfo;
    const other = createFakeHost(folder);
    expect(await runCli(["start-lambda", "-p", String(port)], other)).toBe(2);
    expect(other.written.stderr).toContain(`port ${port} is in use: choose another with --port`);
    taken.close();
  });
});
