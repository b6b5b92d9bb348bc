import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeTelemetryBatch } from "./decode-telemetry.ts";
import type { TelemetryEvent } from "./telemetry-event.ts";

const decode = (value: unknown) =>
  decodeTelemetryBatch(Buffer.from(typeof value === "string" ? value : JSON.stringify(value)));
const time = "2026-01-01T00:00:00.123Z";
const span = { name: "responseLatency", start: time, durationMs: 23.02 };
const tracing = {
  spanId: "54565fb41ac79632",
  type: "X-Amzn-Trace-Id",
  value: "Root=1-62e900b2-710d76f009d6e7785905449a",
};

/** One full record of each type, as the schema reference describes it; a kind that is missing here does not compile. */
const records: {
  readonly [Kind in Exclude<TelemetryEvent["kind"], "unknown">]: Extract<TelemetryEvent, { kind: Kind }>["record"];
} = {
  "platform.initStart": {
    initializationType: "on-demand",
    phase: "init",
    functionName: "fn",
    functionVersion: "$LATEST",
    instanceId: "2026/01/01/[$LATEST]0",
    instanceMaxMemory: 256,
    runtimeVersion: "nodejs:22.v30",
    runtimeVersionArn: "arn",
    tracing,
  },
  "platform.initRuntimeDone": {
    initializationType: "on-demand",
    phase: "init",
    status: "error",
    errorType: "Runtime.Unknown",
    spans: [span],
    tracing,
  },
  "platform.initReport": {
    initializationType: "on-demand",
    phase: "init",
    status: "success",
    metrics: { durationMs: 125.33 },
    spans: [span],
  },
  "platform.start": { requestId: "r", version: "$LATEST", functionArn: "arn", tenantId: "t", tracing },
  "platform.runtimeDone": {
    requestId: "r",
    status: "timeout",
    errorType: "Sandbox.Timedout",
    metrics: { durationMs: 200, producedBytes: 15 },
    spans: [span],
    tracing,
  },
  "platform.report": {
    requestId: "r",
    status: "success",
    metrics: {
      durationMs: 220,
      billedDurationMs: 300,
      memorySizeMB: 128,
      maxMemoryUsedMB: 90,
      initDurationMs: 99.5,
      restoreDurationMs: 3,
    },
    spans: [span],
    tracing,
  },
  "platform.restoreStart": { functionName: "fn", functionVersion: "1", instanceMaxMemory: "256" },
  "platform.restoreRuntimeDone": { status: "success", spans: [span] },
  "platform.restoreReport": { status: "success", metrics: { durationMs: 15.19, billedDurationMs: 16 } },
  "platform.extension": { name: "ext", state: "Ready", events: ["INVOKE", "SHUTDOWN"] },
  "platform.telemetrySubscription": { name: "ext", state: "Subscribed", types: ["platform", "function"] },
  "platform.logsDropped": { reason: "slow", droppedRecords: 123, droppedBytes: 12345 },
  function: "[ERROR] something happened",
  extension: { timestamp: time, level: "INFO", message: "hello" },
};
const all = Object.entries(records).map(([type, record]) => ({ time, type, record }));

test("decodes every type of the schemas, in order", () => {
  const { events, malformed } = decode(all);
  expect(malformed).toEqual([]);
  expect(events).toEqual(all.map(({ type, record }) => ({ kind: type, time, record })));
});

test("takes Managed Instances' report, which has a duration and nothing else", () => {
  const { events } = decode([
    { time, type: "platform.report", record: { requestId: "r", metrics: { durationMs: 1.234 } } },
  ]);
  expect(events[0]?.kind).toBe("platform.report");
});

test("takes the empty restoreStart of early captures", () => {
  expect(decode([{ time, type: "platform.restoreStart", record: {} }]).events[0]?.kind).toBe("platform.restoreStart");
});

test("keeps fields that the schemas do not know", () => {
  const record = { requestId: "r", novelty: { deep: [1] } };
  expect(decode([{ time, type: "platform.start", record }]).events).toEqual([{ kind: "platform.start", time, record }]);
});

test("takes null for an optional field as absent", () => {
  const record = { requestId: "r", tracing: null, novelty: null };
  expect(decode([{ time, type: "platform.start", record }]).events).toEqual([
    { kind: "platform.start", time, record: { requestId: "r", novelty: null } },
  ]);
});

describe("keeps as unknown, with the whole element", () => {
  test.each([
    ["a type it does not know", { time, type: "platform.fault", record: "RequestId: r Status: error" }],
    ["a type named like a property of every object", { time, type: "constructor", record: {} }],
    ["a known type without a required field", { time, type: "platform.start", record: {} }],
    ["a known type with a field of the wrong type", { time, type: "platform.start", record: { requestId: 5 } }],
    [
      "a known type with an optional field of the wrong type",
      { time, type: "platform.start", record: { requestId: "r", version: 5 } },
    ],
    [
      "a known type with a broken span",
      { time, type: "platform.runtimeDone", record: { requestId: "r", status: "success", spans: [{}] } },
    ],
    [
      "a known type whose metrics hold a text",
      { time, type: "platform.report", record: { requestId: "r", metrics: { durationMs: "1" } } },
    ],
    [
      "a known type with null inside a field",
      { time, type: "platform.start", record: { requestId: "r", tracing: { ...tracing, spanId: null } } },
    ],
    ["a known type with a text as record", { time, type: "platform.start", record: "r" }],
    ["a function line that is a number", { time, type: "function", record: 5 }],
    ["a function line that is null", { time, type: "function", record: null }],
  ])("%s", (_name, raw) => {
    expect(decode([raw])).toEqual({ events: [{ kind: "unknown", time, raw }], malformed: [] });
  });

  test("a known type without a time", () => {
    const raw = { type: "function", record: "x" };
    expect(decode([raw])).toEqual({ events: [{ kind: "unknown", raw }], malformed: [] });
  });
});

describe("keeps as malformed", () => {
  test.each([
    ["a number", 5, "not an object"],
    ["a text", "x", "not an object"],
    ["null", null, "not an object"],
    ["an array", [], "not an object"],
    ["an object without a type", { time }, "no type"],
  ])("%s, beside its good neighbours", (_name, raw, problem) => {
    const { events, malformed } = decode([all[0], raw, all[1]]);
    expect(malformed).toEqual([{ raw, problem }]);
    expect(events.map(({ kind }) => kind)).toEqual([all[0]?.type, all[1]?.type]);
  });

  test.each(["{bad", "[1,", "\u0000", "<html>"])("a body that is not JSON: %j", (body) => {
    expect(decode(body)).toEqual({ events: [], malformed: [{ raw: body, problem: "not JSON" }] });
  });
});

test("a single event counts as a batch of one", () => {
  expect(decode({ time, type: "function", record: "x" }).events).toHaveLength(1);
});

test("reads one event a line, and keeps a broken line beside the good ones", () => {
  const lines = `${JSON.stringify(all[0])}\n{"cut\n\n${JSON.stringify(all[1])}\r\n`;
  const { events, malformed } = decode(lines);
  expect(events.map(({ kind }) => kind)).toEqual([all[0]?.type, all[1]?.type]);
  expect(malformed).toEqual([{ raw: '{"cut', problem: "not JSON" }]);
});

test.each(["[]", "", " \n"])("a body without events is no event and no problem: %j", (body) => {
  expect(decode(body)).toEqual({ events: [], malformed: [] });
});

test("keeps characters outside ASCII", () => {
  expect(decode([{ time, type: "function", record: "日本 🚀" }]).events[0]).toMatchObject({ record: "日本 🚀" });
});

const good = fc.constantFrom(...all);
const anything = fc.oneof(
  good,
  fc.jsonValue(),
  fc.record({ time: fc.jsonValue(), type: fc.constantFrom(...Object.keys(records)), record: fc.jsonValue() }),
);

test("counts every element of any batch exactly once, and never throws", () => {
  fc.assert(
    fc.property(fc.array(anything, { maxLength: 20 }), (batch) => {
      const { events, malformed } = decode(batch);
      expect(events.length + malformed.length).toBe(batch.length);
      const sent = batch.filter((element): element is (typeof all)[number] =>
        all.includes(element as (typeof all)[number]),
      );
      expect(events.filter(({ kind }) => kind !== "unknown").length).toBeGreaterThanOrEqual(sent.length);
    }),
    { numRuns: 2000 },
  );
});

test("never throws on bytes, damaged or not", () => {
  fc.assert(
    fc.property(
      fc.array(good, { maxLength: 4 }),
      fc.array(fc.tuple(fc.nat(4000), fc.nat(255)), { maxLength: 6 }),
      (batch, damage) => {
        const body = Buffer.from(JSON.stringify(batch));
        for (const [at, byte] of damage) body[at % body.length] = byte;
        const { events, malformed } = decodeTelemetryBatch(body);
        expect(events.length + malformed.length).toBeGreaterThanOrEqual(Math.min(batch.length, 1));
      },
    ),
    { numRuns: 3000 },
  );
});
