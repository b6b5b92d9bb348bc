import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { encodeLines } from "./encode-lines.ts";
import type { LineContent, ShippedLine } from "./shipped-line.ts";
import { splitText } from "./split-text.ts";

const identity = { functionName: "hello", functionVersion: "$LATEST" };
const content = (record: unknown): LineContent => ({
  time: "2026-01-01T00:00:00.000Z",
  type: "function",
  requestId: "r",
  record,
});

function encode(record: unknown, maxBytes: number) {
  return encodeLines(content(record), { id: "abc-1", identity, maxBytes });
}

const anyText = fc.oneof(fc.string({ unit: "binary", maxLength: 3000 }), fc.string({ maxLength: 3000 }));

describe("encodeLines", () => {
  test("writes one JSON object and a line feed", () => {
    const [line] = encode("hello\n", 4096) ?? [];
    expect(line?.text.endsWith("\n")).toBe(true);
    expect(JSON.parse(line?.text ?? "")).toEqual({
      time: "2026-01-01T00:00:00.000Z",
      type: "function",
      requestId: "r",
      functionName: "hello",
      functionVersion: "$LATEST",
      id: "abc-1",
      record: "hello\n",
    });
  });

  test("has one line feed per line, at its end", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        for (const { text: line } of encode(text, 4096) ?? []) expect(line.indexOf("\n")).toBe(line.length - 1);
      }),
    );
  });

  test("cuts a long text into pieces that fit and join to the text", () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 1100, max: 3000 }), (text, maxBytes) => {
        const lines = encode(text, maxBytes) ?? [];
        const parsed = lines.map((line) => JSON.parse(line.text) as ShippedLine);
        expect(parsed.map((line) => line.record).join("")).toBe(text);
        for (const line of lines) expect(line.bytes).toBeLessThanOrEqual(maxBytes);
        for (const line of lines) expect(line.bytes).toBe(Buffer.byteLength(line.text));
        expect(new Set(lines.map((line) => line.id)).size).toBe(lines.length);
      }),
    );
  });

  test("numbers the pieces of a line", () => {
    const lines = (encode("x".repeat(3000), 1500) ?? []).map((line) => JSON.parse(line.text) as ShippedLine);
    expect(lines.length).toBeGreaterThan(2);
    expect(lines.map((line) => line.id)).toEqual(lines.map((_line, index) => `abc-1.${index}`));
    expect(lines.map((line) => line.part)).toEqual(
      lines.map((_line, index) => ({ of: "abc-1", index, count: lines.length, isJson: false })),
    );
  });

  test("cuts a long object as JSON text", () => {
    const record = { message: "é".repeat(2000), nested: [1, { two: 2 }] };
    const lines = (encode(record, 1500) ?? []).map((line) => JSON.parse(line.text) as ShippedLine);
    expect(lines.every((line) => line.part?.isJson)).toBe(true);
    expect(JSON.parse(lines.map((line) => line.record).join(""))).toEqual(record);
  });

  test("keeps a line of a megabyte whole in a batch of two", () => {
    expect(encode("x".repeat(1_000_000), 2_097_152)).toHaveLength(1);
  });

  test("refuses a record that JSON cannot write, without throwing", () => {
    let deep: unknown = "bottom";
    for (let depth = 0; depth < 100_000; depth += 1) deep = [deep];
    expect(encode(deep, 4096)).toBeUndefined();
  });

  test("refuses an envelope that leaves no room for a piece", () => {
    const long = { ...content("x".repeat(5000)), requestId: "r".repeat(4000) };
    expect(encodeLines(long, { id: "abc-1", identity, maxBytes: 4096 })).toBeUndefined();
  });
});

describe("splitText", () => {
  test("never cuts a surrogate pair and never exceeds the bytes of a piece", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.integer({ min: 6, max: 40 }), (text, maxBytes) => {
        const pieces = splitText(text, maxBytes);
        expect(pieces.join("")).toBe(text);
        for (const piece of pieces) {
          expect(Buffer.byteLength(JSON.stringify(piece)) - 2).toBeLessThanOrEqual(maxBytes);
          expect(piece).not.toMatch(/^[\udc00-\udfff]|[\ud800-\udbff]$/);
        }
      }),
    );
  });

  test("keeps a lone surrogate as it is", () => {
    expect(splitText("a\ud800b", 6)).toEqual(["a", "\ud800", "b"]);
  });
});
