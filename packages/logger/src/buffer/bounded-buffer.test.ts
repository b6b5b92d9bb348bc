import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { BoundedBuffer, createBatch } from "./bounded-buffer.ts";
import type { BatchEnd, Line } from "./bounded-buffer.ts";

const line = (id: string, bytes = 1): Line => ({ id, text: "x".repeat(bytes), bytes });
const wide = { maxItems: 1000, maxBytes: 1_000_000 };
const idsOf = (lines: readonly Line[] | undefined): string => (lines ?? []).map(({ id }) => id).join(" ");

function filled(ids: string, limits = wide): BoundedBuffer {
  const buffer = new BoundedBuffer(limits);
  for (const id of ids.split(" ")) buffer.add(line(id));
  return buffer;
}

describe("BoundedBuffer", () => {
  test("gives out the oldest lines first, as many as fit", () => {
    const buffer = filled("a b c");
    expect(idsOf(buffer.take(2)?.lines)).toBe("a b");
    buffer.settle("gone");
    expect(idsOf(buffer.take(2)?.lines)).toBe("c");
    buffer.settle("gone");
    expect(buffer.take(2)).toBeUndefined();
  });

  test("gives out a line longer than a batch by itself, so that it cannot block the others", () => {
    const buffer = new BoundedBuffer(wide);
    buffer.add(line("long", 50));
    buffer.add(line("short"));
    expect(idsOf(buffer.take(10)?.lines)).toBe("long");
  });

  test("gives out a batch that came back with the same lines and key", () => {
    const buffer = filled("a b");
    const before = buffer.take(100);
    buffer.settle("keep");
    buffer.add(line("c"));
    expect(buffer.take(100)).toEqual(before);
  });

  test("gives out halves of a batch that was too large", () => {
    const buffer = filled("a b c");
    buffer.take(100);
    buffer.settle("halve");
    expect(idsOf(buffer.take(100)?.lines)).toBe("a b");
    buffer.settle("gone");
    expect(buffer.take(100)).toEqual(createBatch([line("c")]));
  });

  test.each([
    ["items", { maxItems: 3, maxBytes: 1000 }],
    ["bytes", { maxItems: 1000, maxBytes: 3 }],
  ])("drops the oldest line when %s overflow", (_what, limits) => {
    const buffer = filled("a b c", limits);
    expect(buffer.add(line("d"))).toBe(1);
    expect(idsOf(buffer.take(100)?.lines)).toBe("b c d");
  });

  test("drops the oldest line of a batch that came back, and only that", () => {
    const buffer = filled("a b c", { maxItems: 3, maxBytes: 1000 });
    buffer.take(2);
    buffer.settle("keep");
    expect(buffer.add(line("d"))).toBe(1);
    expect(idsOf(buffer.take(100)?.lines)).toBe("b c d");
  });

  test("does not drop lines that are out: they may have been delivered", () => {
    const buffer = filled("a b", { maxItems: 2, maxBytes: 1000 });
    buffer.take(100);
    expect(buffer.add(line("c"))).toBe(1);
    buffer.settle("keep");
    expect(idsOf(buffer.take(100)?.lines)).toBe("a b");
  });

  test("names a mistake of the caller", () => {
    const buffer = filled("a");
    expect(() => buffer.settle("gone")).toThrow(/^BUG: /);
    buffer.take(1);
    expect(() => buffer.take(1)).toThrow(/^BUG: /);
    expect(() => createBatch([])).toThrow(/^BUG: /);
  });

  test("keeps its bounds, its order and its count through any sequence of calls", () => {
    type Step = { readonly add: number } | { readonly take: number; readonly end: BatchEnd };
    const step = fc.oneof<fc.Arbitrary<Step>[]>(
      fc.record({ add: fc.integer({ min: 1, max: 10 }) }),
      fc.record({ take: fc.integer({ min: 1, max: 20 }), end: fc.constantFrom<BatchEnd[]>("gone", "keep", "halve") }),
    );
    const limits = fc.record({ maxItems: fc.integer({ min: 1, max: 12 }), maxBytes: fc.integer({ min: 10, max: 40 }) });
    fc.assert(
      fc.property(limits, fc.array(step, { maxLength: 80 }), (limits, steps) => {
        const buffer = new BoundedBuffer(limits);
        let [added, dropped, gone, lastGone] = [0, 0, 0, -1];
        const outOfOrder: string[] = [];
        for (const step of steps) {
          if ("add" in step) {
            dropped += buffer.add(line(String(added), step.add));
            added += 1;
          } else {
            const batch = buffer.take(step.take);
            const ids = (batch?.lines ?? []).map(({ id }) => Number(id));
            if (!ids.every((id, index) => id > (ids[index - 1] ?? lastGone))) outOfOrder.push(ids.join(" "));
            if (batch !== undefined) buffer.settle(step.end);
            if (batch !== undefined && step.end === "gone") {
              [gone, lastGone] = [gone + ids.length, ids.at(-1) ?? lastGone];
            }
          }
          expect(buffer.items).toBe(added - dropped - gone);
          expect(buffer.items).toBeLessThanOrEqual(limits.maxItems);
          expect(buffer.bytes).toBeLessThanOrEqual(limits.maxBytes);
          expect(buffer.bytes).toBeGreaterThanOrEqual(buffer.items);
        }
        expect(outOfOrder).toEqual([]);
      }),
    );
  });
});
