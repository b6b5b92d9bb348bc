import { once } from "node:events";
import { createConnection, createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { ExtensionOptions, MalformedEvent, TelemetryOptions } from "../src/extension-options.ts";
import type { PlatformRuntimeDone, TelemetryEvent } from "../src/telemetry/telemetry-event.ts";
import { invokeEvent, shutdownEvent, startFakeLambda } from "./fake-lambda.ts";
import type { FakeLambda } from "./fake-lambda.ts";
import { run } from "./test-host.ts";
import type { RunningExtension } from "./test-host.ts";

const next = "GET /2020-01-01/extension/event/next";
const subscribe = "PUT /2022-07-01/telemetry";
const register = "POST /2020-01-01/extension/register";
const time = "2026-01-01T00:00:00.123Z";
const line = (record: string) => ({ time, type: "function", record });
const runtimeDone = (requestId: string) => ({
  time,
  type: "platform.runtimeDone",
  record: { requestId, status: "success" },
});

let lambda: FakeLambda;
beforeEach(async () => void (lambda = await startFakeLambda()));
afterEach(() => lambda.close());

interface Seen {
  readonly events: TelemetryEvent[];
  readonly malformed: MalformedEvent[];
}

interface Started {
  readonly extension: RunningExtension;
  readonly seen: Seen;
}

function start(
  telemetry: Partial<TelemetryOptions> = {},
  options: ExtensionOptions = {},
  env: Record<string, string> = {},
): Started {
  const seen: Seen = { events: [], malformed: [] };
  const extension = run(
    { AWS_LAMBDA_RUNTIME_API: lambda.address, ...env },
    {
      name: "logger",
      telemetry: {
        types: ["platform", "function"],
        onEvents(events, malformed) {
          seen.events.push(...events);
          seen.malformed.push(...malformed);
        },
        ...telemetry,
      },
      // When this resolves, all acknowledged telemetry has gone through onEvents: no test has to wait for it.
      onShutdown: (_event, context) => context.stopTelemetry(),
      ...options,
    },
  );
  return { extension, seen };
}

/** Returns the destination of the extension's subscription. `sandbox.localdomain` has a meaning only inside Lambda. */
async function destination(): Promise<{ readonly url: string; readonly port: number }> {
  const { destination } = JSON.parse((await lambda.called(subscribe)).body) as {
    destination: { URI?: string; port?: number };
  };
  const url = (destination.URI ?? "").replace("sandbox.localdomain", "127.0.0.1");
  return { url, port: destination.port ?? Number(new URL(url).port) };
}

/** Posts a batch as the platform does. Returns the status; the platform repeats a batch if it is not 2xx. */
async function deliver(body: unknown): Promise<number> {
  const { url } = await destination();
  const response = await fetch(url, { method: "POST", body: typeof body === "string" ? body : JSON.stringify(body) });
  return response.status;
}

async function end(extension: RunningExtension): Promise<void> {
  lambda.deliver(shutdownEvent());
  expect(await extension.exited).toBe(0);
}

describe("subscribing", () => {
  test("comes after registering and before the first next, to a port that is bound by then", async () => {
    const { extension } = start();
    await lambda.called(next);
    expect(lambda.calls.map(({ method, path }) => `${method} ${path}`)).toEqual([register, subscribe, next]);
    expect(await deliver([])).toBe(200);
    expect(JSON.parse((await lambda.called(subscribe)).body)).toMatchObject({
      schemaVersion: "2025-01-29",
      types: ["platform", "function"],
      destination: { protocol: "HTTP" },
      buffering: { maxItems: 10_000, maxBytes: 262_144, timeoutMs: 1000 },
    });
    await end(extension);
  });

  test("sends the buffering of its options", async () => {
    const { extension } = start({ buffering: { timeoutMs: 25, maxItems: 1000 } });
    const { body } = await lambda.called(subscribe);
    expect(JSON.parse(body)).toMatchObject({ buffering: { maxItems: 1000, maxBytes: 262_144, timeoutMs: 25 } });
    await end(extension);
  });

  test("takes another port if the preferred one is in use", async () => {
    const blocker = createServer().listen(0, "0.0.0.0");
    await once(blocker, "listening");
    const { port } = blocker.address() as AddressInfo;
    const { extension } = start({ port });
    expect((await destination()).port).not.toBe(port);
    expect(await deliver([])).toBe(200);
    await end(extension);
    blocker.close();
  });

  test("falls back to older schemas on 400, newest first", async () => {
    const refusal = {
      kind: "answer",
      status: 400,
      body: '{"errorType":"ValidationError","errorMessage":"schemaVersion"}',
    } as const;
    lambda.answerOnce(subscribe, refusal);
    lambda.answerOnce(subscribe, refusal);
    const { extension } = start();
    await lambda.called(next);
    const versions = lambda.calls
      .filter(({ method }) => method === "PUT")
      .map(({ body }) => (JSON.parse(body) as { schemaVersion: string }).schemaVersion);
    expect(versions).toEqual(["2025-01-29", "2022-12-13", "2022-07-01"]);
    expect(extension.errors).toEqual([]);
    await end(extension);
  });

  test("knows one schema only on Managed Instances", async () => {
    lambda.answerOnce(subscribe, {
      kind: "answer",
      status: 400,
      body: '{"errorType": "ValidationError", "errorMessage": "not "valid" JSON"}',
    });
    const { extension } = start({}, {}, { AWS_LAMBDA_INITIALIZATION_TYPE: "lambda-managed-instances" });
    await lambda.called(next);
    expect(lambda.calls.filter(({ method }) => method === "PUT")).toHaveLength(1);
    expect(extension.errors[0]).toContain("The extension goes on without telemetry");
    await end(extension);
  });

  test.each([
    [
      "202, as local tools answer",
      202,
      '{"errorMessage":"Telemetry API is not supported","errorType":"Telemetry.NotSupported"}',
      "The platform has no telemetry",
    ],
    [
      "403",
      403,
      '{"errorMessage":"Telemetry API subscription is closed already","errorType":"Telemetry.SubscriptionClosed"}',
      "Telemetry.SubscriptionClosed",
    ],
    ["404, as old local tools answer", 404, "404 page not found\n", "404 page not found"],
    ["500", 500, '{"errorMessage":"Internal Server Error","errorType":"InternalServerError"}', "InternalServerError"],
  ])("goes on without telemetry after %s, and reports that once", async (_name, status, body, words) => {
    lambda.answerOnce(subscribe, { kind: "answer", status, body });
    let done: PlatformRuntimeDone | undefined | "not asked" = "not asked";
    const { extension } = start(
      {},
      {
        async onInvoke(_event, context) {
          expect(context.hasTelemetry).toBe(false);
          done = await context.runtimeDone({ graceMs: 60_000 });
        },
      },
    );
    lambda.deliver(invokeEvent("one"));
    await lambda.called(next, 2);
    expect(done).toBeUndefined();
    expect(extension.errors).toHaveLength(1);
    expect(extension.errors[0]).toContain(words);
    await end(extension);
  });

  test("goes on without telemetry if the connection is cut", async () => {
    lambda.answerOnce(subscribe, { kind: "cut" });
    lambda.answerOnce(subscribe, { kind: "cut" });
    const { extension } = start();
    await lambda.called(next);
    expect(extension.errors[0]).toContain("The extension goes on without telemetry");
    await end(extension);
  });
});

describe("deliveries", () => {
  test("reach onEvents decoded, in order, before SHUTDOWN is over", async () => {
    const { extension, seen } = start();
    for (const text of ["a", "b", "c"]) expect(await deliver([line(text), 5])).toBe(200);
    await end(extension);
    expect(seen.events.map((event) => event.kind === "function" && event.record)).toEqual(["a", "b", "c"]);
    expect(seen.malformed).toHaveLength(3);
  });

  test.each(["{bad", "", "5", "null", '{"type":"function"}'])(
    "are acknowledged even if they are malformed: %j",
    async (body) => {
      const { extension } = start();
      expect(await deliver(body)).toBe(200);
      expect(await deliver([line("good")])).toBe(200);
      await end(extension);
      expect(extension.errors).toEqual([]);
    },
  );

  test("of 2 MB arrive whole, with characters cut anywhere", async () => {
    const { extension, seen } = start();
    const text = "日本🚀".repeat(1000);
    const batch = Array.from({ length: 200 }, () => line(text));
    expect(await deliver(batch)).toBe(200);
    await end(extension);
    expect(seen.events).toHaveLength(200);
    expect(seen.events.every((event) => event.kind === "function" && event.record === text)).toBe(true);
  });

  test("are acknowledged before they are processed", async () => {
    let finish = () => {};
    const held = new Promise<void>((resolve) => (finish = resolve));
    const { extension } = start({ onEvents: () => held });
    expect(await deliver([line("a")])).toBe(200);
    expect(await deliver([line("b")])).toBe(200);
    finish();
    await end(extension);
  });

  test("go on after the consumer fails, which is reported once and counted", async () => {
    const seen: unknown[] = [];
    const { extension } = start({
      onEvents(events) {
        seen.push(events);
        throw new Error("cannot store");
      },
    });
    for (const text of ["a", "b"]) await deliver([line(text)]);
    await end(extension);
    expect(seen).toHaveLength(2);
    expect(extension.errors[0]).toContain("onEvents failed");
    expect(extension.errors[0]).toContain("cannot store");
    expect(extension.errors[1]).toBe("[logger] onEvents failed 2 times");
  });

  test("that are not HTTP are reported once, and only their connection is closed", async () => {
    const { extension, seen } = start();
    const { port } = await destination();
    const socket = createConnection(port, "127.0.0.1");
    socket.write("nonsense\r\n\r\n");
    await once(socket, "close");
    expect(await deliver([line("good")])).toBe(200);
    await end(extension);
    expect(seen.events).toHaveLength(1);
    expect(extension.errors).toHaveLength(1);
    expect(extension.errors[0]).toContain("Telemetry: Not an HTTP/1.1 message");
  });

  test("that come again, because their acknowledgement was lost, are passed on once and counted", async () => {
    const { extension, seen } = start();
    for (const text of ["a", "a", "b", "a"]) expect(await deliver([line(text)])).toBe(200);
    await end(extension);
    expect(seen.events.map((event) => event.kind === "function" && event.record)).toEqual(["a", "b"]);
    expect(extension.errors).toEqual(["[logger] Telemetry: repeated deliveries, each passed on once: 2"]);
  });

  test("over TCP come line by line, cut anywhere", async () => {
    const { extension, seen } = start({ protocol: "TCP" });
    const { port } = await destination();
    const socket = createConnection(port, "127.0.0.1");
    const bytes = Buffer.from(
      [line("日本"), line("b"), line("last, without a line end")].map((event) => JSON.stringify(event)).join("\n"),
    );
    for (const byte of bytes) socket.write(Buffer.from([byte]));
    socket.end();
    await once(socket, "close");
    await end(extension);
    expect(seen.events.map((event) => event.kind === "function" && event.record)).toEqual([
      "日本",
      "b",
      "last, without a line end",
    ]);
    expect(seen.malformed).toEqual([]);
  });

  test("during onShutdown arrive too, until the extension stops them", async () => {
    const kinds: string[] = [];
    const { extension } = start(
      { onEvents: (events) => void kinds.push(...events.map(({ kind }) => kind)) },
      {
        async onShutdown(_event, context) {
          expect(
            await deliver([
              { time, type: "platform.report", record: { requestId: "one", metrics: { durationMs: 1 } } },
            ]),
          ).toBe(200);
          await context.stopTelemetry();
          await expect(deliver([line("too late")])).rejects.toThrowError("fetch failed");
        },
      },
    );
    await lambda.called(next);
    await end(extension);
    expect(kinds).toEqual(["platform.report"]);
    expect(extension.errors).toEqual([]);
  });
});

test("acknowledged telemetry goes through onEvents before the process ends, even if onShutdown does not wait for it", async () => {
  let consume = () => {};
  const consuming = new Promise<void>((resolve) => (consume = resolve));
  let isConsumed = false;
  const { extension } = start(
    {
      async onEvents() {
        await consuming;
        isConsumed = true;
      },
    },
    { onShutdown: () => consume() },
  );
  expect(await deliver([line("a")])).toBe(200);
  await end(extension);
  expect(isConsumed).toBe(true);
});

test("an onEvents that never settles is cut off before the platform kills", async () => {
  const { extension } = start({ onEvents: () => new Promise(() => {}) }, { onShutdown() {} });
  expect(await deliver([line("a")])).toBe(200);
  lambda.deliver(shutdownEvent({ deadlineMs: Date.now() + 400 }));
  expect(await extension.exited).toBe(0);
  expect(extension.errors).toEqual(["[logger] onEvents had not settled at the deadline; the process ends without it"]);
});

test("after a failed onInit deliveries are acknowledged and forgotten, so that the platform does not repeat them", async () => {
  const { extension, seen } = start({}, { onInit: () => Promise.reject(new Error("no sink")) });
  await lambda.called(next);
  expect(await deliver([line("a")])).toBe(200);
  await end(extension);
  expect(seen.events).toEqual([]);
});

describe("runtimeDone", () => {
  const waiting = (graceMs: number, types: TelemetryOptions["types"] = ["platform"]) => {
    const results: (PlatformRuntimeDone | undefined)[] = [];
    const started = start(
      { types },
      {
        onInvoke: async (_event, context) => {
          results.push(await context.runtimeDone({ graceMs }));
        },
      },
    );
    return { ...started, results };
  };

  test("is returned if it came before the INVOKE event", async () => {
    const { extension, results } = waiting(60_000);
    await deliver([runtimeDone("one")]);
    lambda.deliver(invokeEvent("one"));
    await lambda.called(next, 2);
    expect(results).toEqual([expect.objectContaining({ kind: "platform.runtimeDone" })]);
    await end(extension);
  });

  test("is waited for if it comes after the INVOKE event", async () => {
    const { extension, results } = waiting(60_000);
    lambda.deliver(invokeEvent("one"));
    await deliver([runtimeDone("another"), runtimeDone("one")]);
    await lambda.called(next, 2);
    expect(results).toEqual([expect.objectContaining({ record: { requestId: "one", status: "success" } })]);
    await end(extension);
  });

  test.each([
    ["after the grace", 1, 30_000],
    ["when the handlers' signals abort", 60_000, 250],
  ])("is given up %s", async (_name, graceMs, deadlineInMs) => {
    const { extension, results } = waiting(graceMs);
    lambda.deliver(invokeEvent("one", { deadlineMs: Date.now() + deadlineInMs }));
    await lambda.called(next, 2);
    await end(extension);
    expect(results).toEqual([undefined]);
    expect(extension.errors).toEqual([]);
  });

  test("is not waited for without platform events", async () => {
    const { extension, results } = waiting(60_000, ["function"]);
    lambda.deliver(invokeEvent("one"));
    await lambda.called(next, 2);
    expect(results).toEqual([undefined]);
    await end(extension);
  });
});

describe("onRestore", () => {
  const snapStart = { AWS_LAMBDA_INITIALIZATION_TYPE: "snap-start" };

  test("runs once, before the first event's handler, in a SnapStart environment", async () => {
    const order: string[] = [];
    const { extension } = start(
      {},
      {
        onRestore: (context) => void order.push(`restore ${context.initializationType}`),
        onInvoke: (event) => void order.push(event.requestId),
      },
      snapStart,
    );
    lambda.deliver(invokeEvent("one"));
    lambda.deliver(invokeEvent("two"));
    await lambda.called(next, 3);
    await end(extension);
    expect(order).toEqual(["restore snap-start", "one", "two"]);
  });

  test("runs when telemetry reports the restore, before onEvents sees it", async () => {
    const order: string[] = [];
    const { extension } = start(
      { onEvents: (events) => void order.push(...events.map(({ kind }) => kind)) },
      { onRestore: () => void order.push("restore"), onInvoke: () => void order.push("invoke") },
      snapStart,
    );
    await deliver([{ time, type: "platform.initReport", record: {} }]);
    await deliver([{ time, type: "platform.restoreStart", record: {} }]);
    lambda.deliver(invokeEvent("one"));
    await lambda.called(next, 2);
    await end(extension);
    expect(order).toEqual(["unknown", "restore", "platform.restoreStart", "invoke"]);
  });

  test("that never settles delays only the first invocation, and at most until its deadline", async () => {
    const { extension } = start({}, { onRestore: () => new Promise(() => {}) }, snapStart);
    lambda.deliver(invokeEvent("one", { deadlineMs: Date.now() + 300 }));
    lambda.deliver(invokeEvent("two", { deadlineMs: Date.now() + 600_000 }));
    await lambda.called(next, 3);
    await end(extension);
    expect(extension.errors).toEqual([expect.stringContaining("onRestore failed")]);
  });

  test("does not run in other environments", async () => {
    const order: string[] = [];
    const { extension } = start({}, { onRestore: () => void order.push("restore") });
    lambda.deliver(invokeEvent("one"));
    await lambda.called(next, 2);
    await end(extension);
    expect(order).toEqual([]);
  });
});
