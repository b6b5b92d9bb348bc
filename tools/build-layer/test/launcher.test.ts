import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { assert as assertProperty, asyncProperty, nat, uniqueArray } from "fast-check";
import { afterEach, describe, expect, test } from "vitest";
import { ok, startFakeApi } from "./fake-api.ts";
import type { FakeApi, ReceivedRequest, Reply } from "./fake-api.ts";
import { writeTrialLayer } from "./launched.ts";
import type { TrialLayer } from "./launched.ts";

const identifier = "5bd3a4f4-7d4e-4b3b-9a3a-0a8d7f7f1c11";
const registration = '{"functionName":"prüfung","functionVersion":"$LATEST","handler":"a\\\\b.handler"}';
const registered = ok(registration, { "Lambda-Extension-Identifier": identifier, "Content-Type": "application/json" });

const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const thing of opened.splice(0)) await thing.close();
});

async function api(reply: (request: ReceivedRequest) => Reply): Promise<FakeApi> {
  const server = await startFakeApi(reply);
  opened.push(server);
  return server;
}

function layer(...options: Parameters<typeof writeTrialLayer>): TrialLayer {
  const made = writeTrialLayer(...options);
  opened.push({ close: async () => made.remove() });
  return made;
}

const handOff = {
  LAMBDA_EXTENSION_NAME: "probe",
  LAMBDA_EXTENSION_HANDOFF_VERSION: "1",
  LAMBDA_EXTENSION_IDENTIFIER: identifier,
  LAMBDA_EXTENSION_EVENTS: "INVOKE,SHUTDOWN",
  LAMBDA_EXTENSION_REGISTRATION: registration,
};

describe("registering", () => {
  test("registers under its file's name for the built events and hands everything over", async () => {
    const { address, requests } = await api(() => ({ chunks: [registered] }));
    const { code, env } = await layer().run({ AWS_LAMBDA_RUNTIME_API: address });
    expect(code).toBe(0);
    expect(env).toMatchObject({ ...handOff, LAMBDA_EXTENSION_SOCKET_FD: expect.stringMatching(/^\d+$/) });
    expect(requests).toMatchObject([
      { method: "POST", path: "/2020-01-01/extension/register", body: '{"events":["INVOKE","SHUTDOWN"]}' },
    ]);
    expect(requests[0]?.headers.get("lambda-extension-name")).toBe("probe");
    expect(requests[0]?.headers.get("lambda-extension-accept-feature")).toBe("accountId");
    expect(requests[0]?.headers.get("host")).toBe(address);
  });

  test("keeps the connection open for the engine", async () => {
    const { address, requests } = await api(({ path }) =>
      path.endsWith("register") ? { chunks: [registered] } : { chunks: [ok("{}")], after: "end" },
    );
    const bundle = `
      const socket = new (require("node:net").Socket)({ fd: Number(process.env.LAMBDA_EXTENSION_SOCKET_FD) });
      socket.write("GET /over-the-same-connection HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n");
      socket.once("data", () => socket.destroy());`;
    const { code, stderr } = await layer({ engine: null, bundle }, { engine: "shared" }).run({
      AWS_LAMBDA_RUNTIME_API: address,
      PATH: dirname(process.execPath),
    });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(requests).toMatchObject([{ connection: 1 }, { path: "/over-the-same-connection", connection: 1 }]);
  });

  test("registers under the name of a file that was renamed, with the same bundle", async () => {
    const { address, requests } = await api(() => ({ chunks: [registered] }));
    const { env } = await layer({ fileName: "renamed" }).run({ AWS_LAMBDA_RUNTIME_API: address });
    expect(requests[0]?.headers.get("lambda-extension-name")).toBe("renamed");
    expect(env["LAMBDA_EXTENSION_NAME"]).toBe("renamed");
  });

  test("leaves INVOKE out on Managed Instances, which refuse it", async () => {
    const { address, requests } = await api(() => ({ chunks: [registered] }));
    const { env } = await layer().run({
      AWS_LAMBDA_RUNTIME_API: address,
      AWS_LAMBDA_INITIALIZATION_TYPE: "lambda-managed-instances",
    });
    expect(requests[0]?.body).toBe('{"events":["SHUTDOWN"]}');
    expect(env["LAMBDA_EXTENSION_EVENTS"]).toBe("SHUTDOWN");
  });

  test("sends nothing if the program registers itself", async () => {
    const { address, requests } = await api(() => ({ chunks: [registered] }));
    const { env } = await layer({}, { register: "self" }).run({
      AWS_LAMBDA_RUNTIME_API: address,
      LAMBDA_EXTENSION_HANDOFF_VERSION: "1",
    });
    expect(requests).toEqual([]);
    expect(env["LAMBDA_EXTENSION_NAME"]).toBe("probe");
    expect(env).not.toHaveProperty("LAMBDA_EXTENSION_HANDOFF_VERSION");
  });

  test("works with the rules of bash 4.2", async () => {
    const { address, requests } = await api(() => ({ chunks: [registered] }));
    // The launcher unsets the variable, so the rules are set behind that line.
    const edit = (text: string): string => text.replace(/^unset -v TMOUT.*$/m, "$&\nBASH_COMPAT=4.2");
    const { env } = await layer({ edit }).run({ AWS_LAMBDA_RUNTIME_API: address });
    expect(requests[0]?.body).toBe('{"events":["INVOKE","SHUTDOWN"]}');
    expect(env).toMatchObject(handOff);
  });
});

describe("answers", () => {
  const head = `HTTP/1.1 200 OK\r\nlambda-extension-identifier:${identifier}\r\n`;
  const [front, back] = [registration.slice(0, 17), registration.slice(17)];
  const chunk = (text: string): string => `${Buffer.byteLength(text).toString(16).toUpperCase()};ext=1\r\n${text}\r\n`;

  test.each<[string, readonly (string | Uint8Array)[]]>([
    ["one byte at a time", [...Buffer.from(registered)].map((byte) => Uint8Array.of(byte))],
    ["chunked", [`${head}Transfer-Encoding: chunked\r\n\r\n`, chunk(front), chunk(back), "0\r\n\r\n"]],
    ["chunked, with trailers", [`${head}Transfer-Encoding: chunked\r\n\r\n${chunk(registration)}0\r\nX: y\r\n\r\n`]],
  ])("reads an answer that comes %s", async (_how, chunks) => {
    const { address } = await api(() => ({ chunks }));
    const { env } = await layer().run({ AWS_LAMBDA_RUNTIME_API: address, LC_ALL: "C.UTF-8" });
    expect(env).toMatchObject({ ...handOff, LAMBDA_EXTENSION_SOCKET_FD: expect.any(String), LC_ALL: "C.UTF-8" });
  });

  test.each([
    ["100 (Continue)", "HTTP/1.1 100 Continue\r\n\r\n"],
    [
      "103 (Early Hints), with a head of its own",
      "HTTP/1.1 103 Early Hints\r\nContent-Length: 7\r\nLambda-Extension-Identifier: no\r\n\r\n",
    ],
    ["several", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 Processing\r\nTransfer-Encoding: chunked\r\n\r\n"],
  ])("skips an answer that comes before the answer: %s", async (_which, before) => {
    const { address } = await api(() => ({ chunks: [before, registered] }));
    const { env } = await layer().run({ AWS_LAMBDA_RUNTIME_API: address });
    expect(env).toMatchObject({ ...handOff, LAMBDA_EXTENSION_SOCKET_FD: expect.any(String) });
  });

  test("takes 204 with an identifier for a registration, and waits for no body", async () => {
    const { address, requests } = await api(() => ({
      chunks: [`HTTP/1.1 204 No Content\r\nLAMBDA-EXTENSION-IDENTIFIER:\t${identifier} \r\n\r\n`],
    }));
    const { env } = await layer().run({ AWS_LAMBDA_RUNTIME_API: address, AWS_LAMBDA_FUNCTION_NAME: "orders" });
    expect(env).toMatchObject({
      LAMBDA_EXTENSION_IDENTIFIER: identifier,
      LAMBDA_EXTENSION_REGISTRATION: '{"functionName":"orders","functionVersion":"","handler":""}',
      LAMBDA_EXTENSION_SOCKET_FD: expect.any(String),
    });
    expect(requests).toHaveLength(1);
  });

  test.each([
    ["ends with the connection", `${head}\r\n${registration}`],
    [
      "says the connection closes",
      ok(registration, { "Lambda-Extension-Identifier": identifier, Connection: "close" }),
    ],
  ])("hands over no connection after an answer that %s", async (_how, text) => {
    const { address } = await api(() => ({ chunks: [text], after: "end" }));
    const { env } = await layer().run({ AWS_LAMBDA_RUNTIME_API: address });
    expect(env).toMatchObject(handOff);
    expect(env).not.toHaveProperty("LAMBDA_EXTENSION_SOCKET_FD");
  });

  test("reads an answer split anywhere", async () => {
    const bytes = Buffer.from(registered);
    const { root, run, remove } = writeTrialLayer();
    expect(root).toContain(" ");
    try {
      await assertProperty(
        asyncProperty(uniqueArray(nat(bytes.length), { maxLength: 8 }), async (cuts) => {
          const edges = [0, ...cuts.toSorted((a, b) => a - b), bytes.length];
          const chunks = edges.slice(1).map((edge, index) => bytes.subarray(edges[index], edge));
          const server = await startFakeApi(() => ({ chunks }));
          try {
            expect((await run({ AWS_LAMBDA_RUNTIME_API: server.address })).env).toMatchObject(handOff);
          } finally {
            await server.close();
          }
        }),
        { numRuns: 20 },
      );
    } finally {
      remove();
    }
  });

  test.each<[string, Reply]>([
    ["refuses", { chunks: ["HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\n{}"] }],
    ["answers 204 without an identifier", { chunks: ["HTTP/1.1 204 No Content\r\n\r\n"] }],
    [
      "answers 304, whose length is that of a body it does not send",
      { chunks: ["HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n"] },
    ],
    ["fails", { chunks: ["HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n"] }],
    ["resets", { chunks: [], after: "reset" }],
    ["hangs up", { chunks: [], after: "end" }],
    ["breaks off in the status line", { chunks: ["HTTP/1.1 20"], after: "end" }],
    ["talks something else", { chunks: ["SSH-2.0-OpenSSH\r\n"], after: "end" }],
    ["gives no identifier", { chunks: [ok(registration)] }],
  ])("hands nothing over if the API %s", async (_how, reply) => {
    const { address } = await api(() => reply);
    const { code, env, stderr } = await layer().run({ AWS_LAMBDA_RUNTIME_API: address });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(Object.keys(env).filter((key) => key.startsWith("LAMBDA_EXTENSION_"))).toEqual(["LAMBDA_EXTENSION_NAME"]);
  });

  test("does not hand over a registration if the API does not listen", async () => {
    const server = await startFakeApi(() => ({ chunks: [] }));
    await server.close();
    const { code, env } = await layer().run({ AWS_LAMBDA_RUNTIME_API: server.address });
    expect(code).toBe(0);
    expect(env).not.toHaveProperty("LAMBDA_EXTENSION_IDENTIFIER");
  });

  test("hands over the identifier when the rest of the answer is lost, since a second registration is refused", async () => {
    const { address } = await api(() => ({ chunks: [registered.slice(0, -10)], after: "reset" }));
    const { env } = await layer().run({
      AWS_LAMBDA_RUNTIME_API: address,
      AWS_LAMBDA_FUNCTION_NAME: "orders",
      AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
    });
    expect(env["LAMBDA_EXTENSION_IDENTIFIER"]).toBe(identifier);
    expect(JSON.parse(env["LAMBDA_EXTENSION_REGISTRATION"] ?? "")).toEqual({
      functionName: "orders",
      functionVersion: "$LATEST",
      handler: "",
    });
    expect(env).not.toHaveProperty("LAMBDA_EXTENSION_SOCKET_FD");
  });
});

describe("without an engine", () => {
  const events = ['{"eventType":"INVOKE"}', '{ "eventType" : "SHUTDOWN" }'];

  async function platform(next: (count: number) => Reply): Promise<FakeApi> {
    let count = 0;
    return api(({ path }) => (path.endsWith("register") ? { chunks: [registered] } : next(count++)));
  }

  test("keeps the function alive: registers for SHUTDOWN, says once what to do, waits for the end", async () => {
    const { address, requests } = await platform((count) => ({ chunks: [ok(events[count] ?? "")] }));
    const { code, stderr } = await layer({ engine: null }, { engine: "shared" }).run({
      AWS_LAMBDA_RUNTIME_API: address,
      PATH: "/nowhere",
    });
    expect(code).toBe(0);
    expect(stderr.trimEnd().split("\n")).toEqual([
      expect.stringMatching(/^\[probe\] found no Node\.js.*"engine": "carried"/),
    ]);
    expect(stderr).not.toContain(identifier);
    expect(requests.map(({ method, body }) => ({ method, body }))).toEqual([
      { method: "POST", body: '{"events":["SHUTDOWN"]}' },
      { method: "GET", body: "" },
      { method: "GET", body: "" },
    ]);
    expect(requests[1]?.headers.get("lambda-extension-identifier")).toBe(identifier);
  });

  test("does the same with a carried engine that cannot be executed", async () => {
    const { address, requests } = await platform((count) => ({ chunks: [ok(events[count] ?? "")] }));
    const otherMachine = Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, ...Array<number>(57).fill(0));
    const { code, stderr } = await layer({ engine: otherMachine }).run({ AWS_LAMBDA_RUNTIME_API: address });
    expect(code).toBe(0);
    expect(stderr).toContain("another architecture");
    expect(requests).toHaveLength(3);
  });

  test("asks again after 204, and skips what comes before an answer", async () => {
    const interim = "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n";
    const { address, requests } = await platform((count) => ({
      chunks: count === 0 ? ["HTTP/1.1 204 No Content\r\n\r\n"] : [interim, ok(events[count - 1] ?? "")],
    }));
    const { code } = await layer({ engine: null }, { engine: "shared" }).run({
      AWS_LAMBDA_RUNTIME_API: address,
      PATH: "/nowhere",
    });
    expect(code).toBe(0);
    expect(requests.map(({ path, connection }) => ({ path: path.slice(22), connection }))).toEqual([
      { path: "register", connection: 1 },
      ...events.map(() => ({ path: "event/next", connection: 1 })),
      { path: "event/next", connection: 1 },
    ]);
  });

  test("connects again when the kept connection was closed meanwhile", async () => {
    const { address, requests } = await platform((count) => ({ chunks: [ok(events[count] ?? "")], after: "end" }));
    const { code } = await layer({ engine: null }, { engine: "shared" }).run({
      AWS_LAMBDA_RUNTIME_API: address,
      PATH: "/nowhere",
    });
    expect(code).toBe(0);
    expect(requests.map(({ connection }) => connection)).toEqual([1, 1, 2]);
  });

  test.each<[string, Reply, string]>([
    ["refuses", { chunks: ["HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\n{}"] }, "403"],
    ["always resets", { chunks: [], after: "reset" }, "no answer"],
    ["answers 204 to", { chunks: ["HTTP/1.1 204 No Content\r\n\r\n"] }, "204"],
  ])("ends with a message if the API %s the wait", async (_how, reply, said) => {
    const { address } = await platform(() => reply);
    const { code, stderr } = await layer({ engine: null }, { engine: "shared" }).run({
      AWS_LAMBDA_RUNTIME_API: address,
      PATH: "/nowhere",
    });
    expect(code).toBe(1);
    expect(stderr).toContain(`cannot wait for the next event: ${said}`);
  });

  test("prefers the function's Node to the carried one only if the engine is auto", async () => {
    const { address } = await api(() => ({ chunks: [registered] }));
    const made = layer({}, { engine: "auto" });
    const env = { AWS_LAMBDA_RUNTIME_API: address, PATH: `${otherNode(layer().root, "shared")}:/usr/bin:/bin` };
    expect((await made.run(env)).stdout).toBe("shared\n");
    expect((await made.run({ ...env, PATH: "/nowhere" })).env).toMatchObject(handOff);
    expect((await layer().run(env)).env).toMatchObject(handOff);
  });

  test("does not take another layer's Node for the function's own, even if it is on PATH", async () => {
    const { address, requests } = await platform((count) => ({ chunks: [ok(events[count] ?? "")] }));
    const made = layer({ engine: null }, { engine: "shared" });
    const foreign = otherNode(made.root, "another layer's");
    const env = { AWS_LAMBDA_RUNTIME_API: address, PATH: foreign };
    expect(await made.run(env)).toMatchObject({
      code: 0,
      stdout: "",
      stderr: expect.stringMatching(/^\[probe\] found no Node\.js/),
    });
    expect(requests.map(({ body }) => body)).toEqual(['{"events":["SHUTDOWN"]}', "", ""]);
    const own = otherNode(layer().root, "the function's");
    expect((await made.run({ ...env, PATH: `${foreign}::${own}/*:${own}` })).stdout).toBe("the function's\n");
  });

  /** Puts a Node of another layer into `root`, and returns its folder. */
  function otherNode(root: string, says: string): string {
    const folder = join(root, "bin");
    mkdirSync(folder);
    writeFileSync(join(folder, "node"), `#!/bin/bash\necho "${says}"\n`);
    chmodSync(join(folder, "node"), 0o755);
    return folder;
  }
});

test("starts Node with one helper thread, or as many as were asked for", async () => {
  const { address } = await api(() => ({ chunks: [registered] }));
  const engine = '#!/bin/bash -p\nprintf "%s\\n" "${@:1:$#-1}"\n';
  const start = (env: Readonly<Record<string, string>>, changes = {}) =>
    layer({ engine }, changes).run({ AWS_LAMBDA_RUNTIME_API: address, ...env });
  expect((await start({})).stdout).toBe("--v8-pool-size=1\n");
  expect((await start({}, { sourceMap: true })).stdout).toBe("--enable-source-maps\n--v8-pool-size=1\n");
  expect((await start({ LAMBDA_EXTENSION_NODE_OPTIONS: "--v8-pool-size=4" })).stdout).toBe("\n");
  expect((await start({}, { runtime: "bun" })).stdout).not.toContain("v8");
});

test("does not hand a connection to Bun, which cannot take it over, and keeps Bun from reading the function's .env and bunfig.toml", async () => {
  const { address } = await api(() => ({ chunks: [registered] }));
  const engine = '#!/bin/bash -p\nprintf "%s=%s\\0" ARGUMENTS "$*"\nexec /usr/bin/env -0\n';
  const { env } = await layer({ engine }, { runtime: "bun" }).run({
    AWS_LAMBDA_RUNTIME_API: address,
    BUN_OPTIONS: "--preload=/x",
  });
  expect(env).toMatchObject({
    ...handOff,
    ARGUMENTS: expect.stringMatching(/^--no-env-file --config=\/dev\/null --no-install .*index\.cjs$/),
  });
  expect(env["LAMBDA_EXTENSION_SOCKET_FD"]).toBeUndefined();
  expect(env).not.toHaveProperty("BUN_OPTIONS");
});

test("says which system runs it when it does not run on Lambda", async () => {
  const { code, stderr } = await layer().run({});
  expect(code).toBe(1);
  expect(stderr).toMatch(/^\[probe\] AWS_LAMBDA_RUNTIME_API is not set: [^\n]*\n$/);
});
