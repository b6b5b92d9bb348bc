import * as fc from "fast-check";
import { expect, test } from "vitest";
import { createBatcher } from "./batcher.ts";
import type { Batch } from "./batcher.ts";

const arbitraryEvents = fc.array(fc.string({ unit: "grapheme", maxLength: 30 }), { maxLength: 60 });

test("keeps every event, in order, in batches that fill exactly at a limit", () => {
  fc.assert(
    fc.property(
      arbitraryEvents,
      fc.integer({ min: 1, max: 10 }),
      fc.integer({ min: 1, max: 120 }),
      (events, maxItems, maxBytes) => {
        const batcher = createBatcher({ maxItems, maxBytes, timeoutMs: 25 });
        const full = events.map((event) => batcher.add(event, 0)).filter((batch) => batch !== undefined);
        const rest = batcher.take();
        const batches: Batch[] = rest === undefined ? full : [...full, rest];

        expect(batches.flatMap((batch) => batch.events)).toEqual(events);
        for (const batch of batches) {
          expect(batch.bytes).toBe(Buffer.byteLength(batch.events.join("")));
          expect(batch.events.length).toBeLessThanOrEqual(maxItems);
          // Without its last event no batch was full yet.
          const before = batch.events.slice(0, -1);
          expect(Buffer.byteLength(before.join(""))).toBeLessThan(maxBytes);
        }
        for (const batch of full) expect(batch.events.length === maxItems || batch.bytes >= maxBytes).toBe(true);
      },
    ),
  );
});

test("is due its timeout after the first event of a batch, whatever comes later", () => {
  const batcher = createBatcher({ maxItems: 1000, maxBytes: 262_144, timeoutMs: 25 });
  expect(batcher.dueEpochMs).toBeUndefined();
  batcher.add("a", 100);
  batcher.add("b", 120);
  expect(batcher.dueEpochMs).toBe(125);
  batcher.take();
  expect(batcher.dueEpochMs).toBeUndefined();
  batcher.add("c", 300);
  expect(batcher.dueEpochMs).toBe(325);
});
