import { createDeadline } from "@lambda-extension/core";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createBatch } from "../src/buffer/bounded-buffer.ts";
import type { Batch } from "../src/buffer/bounded-buffer.ts";
import type { Destination, SendOutcome } from "../src/destinations/destination.ts";
import { createLine } from "./fakes.ts";

/** A destination of one kind, and the place that it delivers to. */
export interface DestinationUnderTest {
  readonly destination: Destination;
  /** The lines that arrived, in order, without line feeds. */
  arrived(): Promise<readonly string[]>;
  /** Makes every delivery fail in a way that may pass. */
  breakDown(): Promise<void>;
  repair(): Promise<void>;
  close(): Promise<void>;
}

const batchOf = (...texts: readonly string[]): Batch =>
  createBatch(texts.map((text, index) => createLine(`id-${index}`, `${text}\n`)));

/** Sends with ample time. */
export async function send(destination: Destination, batch: Batch, timeoutMs = 20_000): Promise<SendOutcome> {
  const deadline = createDeadline({ timeoutMs });
  try {
    return await destination.send(batch, deadline);
  } finally {
    deadline.close();
  }
}

/** What every destination does: each kind runs these tests, and your own destination can too. */
export function describeDestination(kind: string, setUp: () => Promise<DestinationUnderTest>): void {
  describe(`the ${kind} destination, as every destination`, () => {
    let tested: DestinationUnderTest;
    beforeEach(async () => {
      tested = await setUp();
    });
    afterEach(async () => {
      await tested.destination.close();
      await tested.close();
    });

    test("delivers lines unchanged, in order, batch after batch", async () => {
      expect(await send(tested.destination, batchOf('{"a":"日本語 🦉 é"}', '{"b":"\\n"}'))).toEqual({ kind: "sent" });
      expect(await send(tested.destination, batchOf('{"c":3}'))).toEqual({ kind: "sent" });
      expect(await tested.arrived()).toEqual(['{"a":"日本語 🦉 é"}', '{"b":"\\n"}', '{"c":3}']);
    });

    test("delivers a batch of two megabytes", async () => {
      const long = Array.from({ length: 20 }, (_unused, index) => `{"${index}":"${"é".repeat(50_000)}"}`);
      expect(await send(tested.destination, batchOf(...long))).toEqual({ kind: "sent" });
      expect(await tested.arrived()).toEqual(long);
    });

    test("asks for another try if it cannot deliver, and delivers once when it can", async () => {
      const batch = batchOf('{"a":1}', '{"b":2}');
      await tested.breakDown();
      const outcome = await send(tested.destination, batch);
      expect(outcome).toMatchObject({ kind: "retry" });
      expect(outcome.kind === "retry" && outcome.cause).toMatch(/^.{1,60}$/);
      await tested.repair();
      expect(await send(tested.destination, batch)).toEqual({ kind: "sent" });
      expect(await tested.arrived()).toEqual(['{"a":1}', '{"b":2}']);
    });

    test("settles if its time is already over", async () => {
      const outcome = await send(tested.destination, batchOf('{"a":1}'), -1);
      expect(["sent", "retry"]).toContain(outcome.kind);
    });

    test("can be closed twice, and before the first batch", async () => {
      await tested.destination.close();
      await tested.destination.close();
      expect(await tested.arrived()).toEqual([]);
    });
  });
}
