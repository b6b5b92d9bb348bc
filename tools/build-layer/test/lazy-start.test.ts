import { readFileSync } from "node:fs";
import { afterEach, describe, expect, test } from "vitest";
import { ok, startFakeApi } from "./fake-api.ts";
import type { FakeApi, Reply } from "./fake-api.ts";
import { writeTrialLayer } from "./launched.ts";
import type { Ended, TrialFiles } from "./launched.ts";

const identifier = "5bd3a4f4-7d4e-4b3b-9a3a-0a8d7f7f1c11";
const registered = ok('{"functionName":"fn","functionVersion":"1","handler":"h"}', {
  "Lambda-Extension-Identifier": identifier,
});
const invoke = '{"eventType":"INVOKE","requestId":"ü 1","deadlineMs":1}';
const shutdown = '{ "eventType" : "SHUTDOWN", "deadlineMs": 1 }';
const handOff = {
  LAMBDA_EXTENSION_NAME: "probe",
  LAMBDA_EXTENSION_HANDOFF_VERSION: "1",
  LAMBDA_EXTENSION_IDENTIFIER: identifier,
  LAMBDA_EXTENSION_EVENT: invoke,
};

const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const thing of opened.splice(0)) await thing.close();
});

interface Trial {
  /** The answers to one `next` after the other; the last one is repeated. */
  readonly next: readonly Reply[];
  readonly registration?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly files?: TrialFiles;
  readonly settings?: Parameters<typeof writeTrialLayer>[1];
}

/** Runs a lazy launcher to its end, or to the end of the engine that it became. */
async function run({
  next,
  registration = registered,
  env = {},
  files,
  settings,
}: Trial): Promise<Ended & { readonly calls: readonly string[]; readonly api: FakeApi }> {
  let count = 0;
  const api = await startFakeApi(({ path }) => {
    if (path.endsWith("/register")) return { chunks: [registration] };
    count += 1;
    return next[Math.min(count, next.length) - 1] ?? { chunks: [] };
  });
  opened.push(api);
  const layer = writeTrialLayer(files, { start: "lazy", ...settings });
  opened.push({ close: async () => layer.remove() });
  const ended = await layer.run({ AWS_LAMBDA_RUNTIME_API: api.address, ...env });
  const calls = api.requests.map(({ path, connection }) => `${path.split("/").at(-1)} ${connection}`);
  return { ...ended, calls, api };
}

const answer = (body: string): Reply => ({ chunks: [ok(body)] });
const chunk = (text: string): string => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;

describe("the first event", () => {
  test.each<[string, Readonly<Record<string, string>>]>([
    ["an on-demand environment", { AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand" }],
    ["an environment that does not say its kind", {}],
    ["a locale of several bytes a character", { LC_ALL: "C.UTF-8" }],
  ])("starts the engine, with the event, the identifier and the open connection: %s", async (_what, env) => {
    const ended = await run({ next: [answer(invoke)], env });
    expect(ended.code).toBe(0);
    expect(ended.env).toMatchObject({ ...handOff, ...env, LAMBDA_EXTENSION_SOCKET_FD: expect.stringMatching(/^\d+$/) });
    expect(ended.calls).toEqual(["register 1", "next 1"]);
    expect(ended.api.requests[0]?.body).toBe('{"events":["INVOKE","SHUTDOWN"]}');
    expect(ended.api.requests[1]?.headers.get("lambda-extension-identifier")).toBe(identifier);
  });

  test("starts the engine by the rules of bash 4.2 too", async () => {
    // The launcher unsets the variable, so the rules are set behind that line.
    const edit = (text: string): string => text.replace(/^unset -v TMOUT.*$/m, "$&\nBASH_COMPAT=4.2");
    const { env, calls } = await run({ next: [answer(invoke)], files: { edit } });
    expect({ env, calls }).toMatchObject({ env: handOff, calls: ["register 1", "next 1"] });
  });

  test("may come late, whatever TMOUT of the function says", async () => {
    const { env, calls } = await run({ next: [{ chunks: [ok(invoke)], delayMs: 1500 }], env: { TMOUT: "1" } });
    expect({ env, calls }).toMatchObject({ env: handOff, calls: ["register 1", "next 1"] });
  });

  test("reaches the engine beside every variable of the function, whatever the launcher calls its own", async () => {
    const launcher = readFileSync(new URL("../src/layer/launcher.bash", import.meta.url), "utf8");
    const named = Object.fromEntries((launcher.match(/\b[a-z_]\w*/g) ?? []).map((word) => [word, `its ${word}`]));
    const { env } = await run({ next: [answer(invoke)], env: named });
    expect(env).toMatchObject({ ...named, ...handOff });
  });

  test("that is SHUTDOWN ends the launcher with status 0, and no engine ever starts", async () => {
    const { code, stdout, stderr, calls } = await run({ next: [answer(shutdown)] });
    expect({ code, stdout, stderr, calls }).toEqual({
      code: 0,
      stdout: "",
      stderr: "",
      calls: ["register 1", "next 1"],
    });
  });

  test.each([
    ["an unknown kind", '{"eventType":"RESTORE"}', '{"eventType":"RESTORE"}'],
    ["no kind", "{}", "{}"],
    ["an empty answer", "", "null"],
    [
      "SHUTDOWN inside",
      '{"eventType":"INVOKE","of":{"eventType":"SHUTDOWN"}}',
      '{"eventType":"INVOKE","of":{"eventType":"SHUTDOWN"}}',
    ],
    [
      "SHUTDOWN in a text",
      String.raw`{"arn":"\"eventType\":\"SHUTDOWN\""}`,
      String.raw`{"arn":"\"eventType\":\"SHUTDOWN\""}`,
    ],
    ["99 kB", `{"eventType":"INVOKE","requestId":"${"x".repeat(99_000)}"}`, expect.stringMatching(/^\{.{99000,}\}$/)],
  ])("is handed over as it came: %s", async (_what, body, event) => {
    const { code, env } = await run({ next: [answer(body)] });
    expect({ code, event: env["LAMBDA_EXTENSION_EVENT"] }).toEqual({ code: 0, event });
  });

  test("may come in chunks, one byte at a time", async () => {
    const head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    const bytes = Buffer.from(`${head}${chunk(invoke.slice(0, 9))}${chunk(invoke.slice(9))}0\r\n\r\n`);
    const { env } = await run({ next: [{ chunks: [...bytes].map((byte) => Uint8Array.of(byte)) }] });
    expect(env).toMatchObject({ ...handOff, LAMBDA_EXTENSION_SOCKET_FD: expect.any(String) });
  });

  test("comes without a connection if the API closes it, and for Bun, which takes none over", async () => {
    const closing = await run({ next: [{ chunks: [ok(invoke, { Connection: "close" })], after: "end" }] });
    const bun = await run({ next: [answer(invoke)], settings: { runtime: "bun" } });
    for (const { env } of [closing, bun]) {
      expect(env).toMatchObject(handOff);
      expect(env).not.toHaveProperty("LAMBDA_EXTENSION_SOCKET_FD");
    }
  });

  test("keeps the registration's identifier, whatever the answer's head says", async () => {
    const { env } = await run({ next: [{ chunks: [ok(invoke, { "Lambda-Extension-Identifier": "" })] }] });
    expect(env).toMatchObject(handOff);
  });

  test("of a megabyte of blanks takes no longer than one of letters", async () => {
    const startMs = performance.now();
    const { code, stderr } = await run({ next: [answer(`{${" ".repeat(1_000_000)}}`), answer(shutdown)] });
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining("1000002 bytes") });
    expect(performance.now() - startMs).toBeLessThan(3000);
  });

  test("of more than an environment variable holds ends in the path without an engine", async () => {
    const large = `{"eventType":"INVOKE","requestId":"${"ü".repeat(50_000)}"}`;
    const { code, stdout, stderr, calls } = await run({ next: [answer(large), answer(invoke), answer(shutdown)] });
    expect({ code, stdout, calls }).toEqual({
      code: 0,
      stdout: "",
      calls: ["register 1", "next 1", "next 1", "next 1"],
    });
    expect(stderr).toMatch(/^\[probe\] cannot take the first event, which has 100037 bytes: [^\n]*"eager"[^\n]*\n$/);
  });
});

describe("a wait that fails", () => {
  test("on a connection that is cut before an answer goes on over a new one", async () => {
    const { env, stderr, calls } = await run({ next: [{ chunks: [], after: "reset" }, answer(invoke)] });
    expect(env).toMatchObject({ ...handOff, LAMBDA_EXTENSION_SOCKET_FD: expect.any(String) });
    expect(stderr).toBe("");
    expect(calls).toEqual(["register 1", "next 1", "next 2"]);
  });

  test.each<[string, Reply, string, readonly string[]]>([
    ["is cut twice", { chunks: [], after: "end" }, "no answer", ["next 1", "next 2"]],
    ["is cut in the event", { chunks: [ok(invoke).slice(0, -9)], after: "reset" }, "the answer broke off", ["next 1"]],
    ["is refused", { chunks: ["HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\n{}"] }, "403", ["next 1"]],
    ["fails", { chunks: ["HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n"] }, "500", ["next 1"]],
  ])("because it %s ends the extension with a message", async (_how, reply, said, calls) => {
    const ended = await run({ next: [reply] });
    expect(ended).toMatchObject({ code: 1, stdout: "", calls: ["register 1", ...calls] });
    expect(ended.stderr).toBe(`[probe] cannot wait for the next event: ${said}\n`);
  });
});

describe("what is not lazy", () => {
  test.each(["provisioned-concurrency", "snap-start", "lambda-managed-instances", "a kind of tomorrow"])(
    "in an environment of the kind %s the engine starts at once",
    async (kind) => {
      const { env, calls } = await run({ next: [], env: { AWS_LAMBDA_INITIALIZATION_TYPE: kind } });
      expect(env["LAMBDA_EXTENSION_IDENTIFIER"]).toBe(identifier);
      expect(env).not.toHaveProperty("LAMBDA_EXTENSION_EVENT");
      expect(calls).toEqual(["register 1"]);
    },
  );

  test.each(["eager", "lazy"] as const)(
    "after a refused registration the engine of a %s extension starts at once, without an event of the function's variables",
    async (start) => {
      const env = { LAMBDA_EXTENSION_EVENT: invoke, LAMBDA_EXTENSION_IDENTIFIER: identifier };
      const refused = "HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\n{}";
      const ended = await run({ next: [], registration: refused, env, settings: { start } });
      expect(ended.env).not.toHaveProperty("LAMBDA_EXTENSION_EVENT");
      expect(ended.calls).toEqual(["register 1"]);
    },
  );

  test("an eager extension does not wait, and takes no event from the function's variables", async () => {
    const { env, calls } = await run({
      next: [],
      env: { LAMBDA_EXTENSION_EVENT: invoke },
      settings: { start: "eager" },
    });
    expect(env["LAMBDA_EXTENSION_IDENTIFIER"]).toBe(identifier);
    expect(env).not.toHaveProperty("LAMBDA_EXTENSION_EVENT");
    expect(calls).toEqual(["register 1"]);
  });

  test("without an engine a lazy extension registers for SHUTDOWN alone", async () => {
    const { code, stderr, api } = await run({
      next: [answer(shutdown)],
      files: { engine: null },
      settings: { engine: "shared" },
      env: { PATH: "/nowhere" },
    });
    expect({ code, bodies: api.requests.map(({ body }) => body) }).toEqual({
      code: 0,
      bodies: ['{"events":["SHUTDOWN"]}', ""],
    });
    expect(stderr).toMatch(/^\[probe\] found no Node\.js/);
  });

  test("with an engine that cannot be executed the function goes on after the first event", async () => {
    const engine = Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, ...Array<number>(57).fill(0));
    const { code, stderr, calls } = await run({
      next: [answer(invoke), answer(invoke), answer(shutdown)],
      files: { engine },
    });
    expect({ code, calls }).toEqual({ code: 0, calls: ["register 1", "next 1", "next 1", "next 1"] });
    expect(stderr).toContain("another architecture");
  });
});
