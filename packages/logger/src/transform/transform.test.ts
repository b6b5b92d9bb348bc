import { decodeTelemetryBatch } from "@lambda-extension/core";
import type { TelemetryEvent, TelemetryType } from "@lambda-extension/core";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createLineIds } from "./line-ids.ts";
import type { ShippedLine } from "./shipped-line.ts";
import { createTransform } from "./transform.ts";

const time = "2026-01-01T00:00:00.000Z";
const requestId = "11111111-1111-4111-8111-111111111111";
const every: readonly TelemetryType[] = ["platform", "function", "extension"];

function create(types = every, own?: string) {
  return createTransform({
    identity: { functionName: "hello", functionVersion: "7" },
    types,
    maxBytes: 4096,
    isConcurrent: false,
    ids: createLineIds(() => 0),
    messages: { isOwn: (record) => own !== undefined && record === own },
    clock: { wallMs: () => Date.parse(time), monotonicMs: () => 0 },
  });
}

const parse = (lines: readonly { readonly text: string }[]): readonly ShippedLine[] =>
  lines.map(({ text }) => JSON.parse(text) as ShippedLine);

describe("createTransform", () => {
  test("puts the request id, the function and the line's id beside the unchanged record", () => {
    const { lines } = create().accept(
      [
        { kind: "platform.start", time, record: { requestId } },
        { kind: "function", time, record: { level: "INFO", message: "hello" } },
      ],
      [],
    );
    expect(parse(lines)[1]).toEqual({
      time,
      type: "function",
      requestId,
      functionName: "hello",
      functionVersion: "7",
      id: "00000000-2",
      record: { level: "INFO", message: "hello" },
    });
  });

  test("ships an event of a later version whole", () => {
    const raw = { time, type: "platform.somethingNew", record: { x: 1 }, more: true };
    expect(parse(create().accept([{ kind: "unknown", time, raw }], []).lines)).toMatchObject([
      { type: "platform.somethingNew", time, record: raw },
    ]);
  });

  test("ships an element that is no event, with its problem", () => {
    expect(parse(create(["function"]).accept([], [{ raw: [1], problem: "not an object" }]).lines)).toMatchObject([
      { type: "malformed", time, problem: "not an object", record: [1] },
    ]);
  });

  test("leaves out its own messages, and unwanted types", () => {
    const { lines } = create(["extension"], "mine").accept(
      [
        { kind: "extension", time, record: "mine" },
        { kind: "extension", time, record: "another's" },
        { kind: "function", time, record: "mine" },
        { kind: "platform.start", time, record: { requestId } },
      ],
      [],
    );
    expect(parse(lines).map((line) => line.record)).toEqual(["another's"]);
  });

  test("knows requests even if platform events are not shipped", () => {
    const { lines } = create(["function"]).accept(
      [
        { kind: "platform.start", time, record: { requestId } },
        { kind: "function", time, record: "hello" },
      ],
      [],
    );
    expect(parse(lines)).toMatchObject([{ requestId, record: "hello" }]);
  });

  test("counts an event that JSON cannot write, and ships its neighbours", () => {
    let deep: unknown = "bottom";
    for (let depth = 0; depth < 100_000; depth += 1) deep = [deep];
    const start: TelemetryEvent = { kind: "platform.start", time, record: { requestId } };
    const bad: TelemetryEvent = { kind: "function", time, record: { deep } };
    const good: TelemetryEvent = { kind: "function", time, record: "neighbour" };
    const { lines, unencodable } = create(["function"]).accept([bad, good, start, bad, good], []);
    expect(unencodable).toBe(2);
    expect(parse(lines).map((line) => line.record)).toEqual(["neighbour", "neighbour"]);
  });

  test("ships every element of any body once", () => {
    const element = fc.oneof(
      fc.jsonValue(),
      fc.record({
        time: fc.constant(time),
        type: fc.constantFrom("function", "extension"),
        record: fc.oneof(fc.string(), fc.dictionary(fc.string(), fc.jsonValue())),
      }),
      fc.record({
        time: fc.constant(time),
        type: fc.constantFrom("platform.start", "platform.report", "x"),
        record: fc.jsonValue(),
      }),
      fc.constant({ time, type: "platform.start", record: { requestId } }),
    );
    fc.assert(
      fc.property(fc.array(element, { maxLength: 30 }), (elements) => {
        const { events, malformed } = decodeTelemetryBatch(Buffer.from(JSON.stringify(elements)));
        const transform = create();
        const accepted = transform.accept(events, malformed);
        const released = transform.release();
        const lines = parse([...accepted.lines, ...released.lines]);
        const wholes = lines.filter((line) => line.part === undefined || line.part.index === 0);
        expect(wholes.length + accepted.unencodable + released.unencodable).toBe(elements.length);
        expect(new Set(lines.map((line) => line.id)).size).toBe(lines.length);
      }),
    );
  });
});
