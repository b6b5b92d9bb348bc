import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { DeliveryRule } from "../options/environment-options.ts";
import type { Batch } from "./batcher.ts";
import { createDelivery } from "./delivery.ts";
import type { Delivery } from "./delivery.ts";
import type { Sender, Sent } from "./sender.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A destination that answers when told. */
function createFakeSender(): Sender & { readonly sent: string[]; answer(sent: Sent): Promise<void> } {
  const sent: string[] = [];
  let pending: ((sent: Sent) => void) | undefined;
  return {
    sent,
    send(batch) {
      sent.push(batch.events.join("+"));
      return new Promise((resolve) => (pending = resolve));
    },
    async answer(outcome) {
      pending?.(outcome);
      await vi.advanceTimersByTimeAsync(0);
    },
    close() {},
  };
}

function batch(...events: string[]): Batch {
  return { events, bytes: Buffer.byteLength(events.join("")) };
}

function start(
  rule: DeliveryRule,
  maxWaitingBytes = 1000,
): { delivery: Delivery; sender: ReturnType<typeof createFakeSender>; lost: string[] } {
  const sender = createFakeSender();
  const lost: string[] = [];
  const delivery = createDelivery({
    rule,
    sender,
    maxWaitingBytes,
    onAttempt() {},
    onLost: (batch, reason) => lost.push(`${batch.events.join("+")}: ${reason}`),
  });
  return { delivery, sender, lost };
}

const ok: Sent = { kind: "sent" };
const failed: Sent = { kind: "failed", reason: "HTTP 500" };

test("sends one batch at a time, in order", async () => {
  const { delivery, sender } = start("retry");
  delivery.offer(batch("a"));
  delivery.offer(batch("b"));
  expect(sender.sent).toEqual(["a"]);
  await sender.answer(ok);
  expect(sender.sent).toEqual(["a", "b"]);
});

test("sends a failed batch again, later each time, before the next one", async () => {
  const { delivery, sender, lost } = start("retry");
  delivery.offer(batch("a"));
  delivery.offer(batch("b"));
  await sender.answer(failed);
  await vi.advanceTimersByTimeAsync(99);
  expect(sender.sent).toEqual(["a"]);
  await vi.advanceTimersByTimeAsync(1);
  expect(sender.sent).toEqual(["a", "a"]);
  await sender.answer(failed);
  await vi.advanceTimersByTimeAsync(199);
  expect(sender.sent).toEqual(["a", "a"]);
  await vi.advanceTimersByTimeAsync(1);
  await sender.answer(ok);
  expect(sender.sent).toEqual(["a", "a", "a", "b"]);
  expect(lost).toEqual([]);
});

test("loses a batch that does not fit any more, and says so", async () => {
  const { delivery, sender, lost } = start("retry", 3);
  delivery.offer(batch("aa"));
  delivery.offer(batch("bb"));
  expect(lost).toEqual([
    "bb: Some logs were dropped because the downstream consumer is slower than the logs production rate",
  ]);
  await sender.answer(ok);
  delivery.offer(batch("cc"));
  expect(sender.sent).toEqual(["aa", "cc"]);
});

test("takes a single batch of any size", () => {
  const { delivery, sender } = start("retry", 3);
  delivery.offer(batch("a".repeat(10)));
  expect(sender.sent).toHaveLength(1);
});

test("under the strict rule loses what becomes due while another batch is under way", async () => {
  const { delivery, sender, lost } = start("strict");
  delivery.offer(batch("a"));
  delivery.offer(batch("b"));
  expect(lost).toEqual([
    "b: Some logs were dropped because the downstream consumer is slower than the logs production rate",
  ]);
  await sender.answer(failed);
  expect(lost.at(-1)).toBe("a: could not send events: HTTP 500");
  await vi.advanceTimersByTimeAsync(60_000);
  expect(sender.sent).toEqual(["a"]);
});

test("settles when all has arrived", async () => {
  const { delivery, sender } = start("retry");
  delivery.offer(batch("a"));
  delivery.offer(batch("b"));
  const settled = vi.fn<() => void>();
  void delivery.settle(Date.now() + 1000).then(settled);
  await sender.answer(ok);
  expect(settled).not.toHaveBeenCalled();
  await sender.answer(ok);
  expect(settled).toHaveBeenCalledOnce();
});

test("settles at the first failure, and at the deadline", async () => {
  const { delivery, sender } = start("retry");
  delivery.offer(batch("a"));
  const first = vi.fn<() => void>();
  void delivery.settle(Date.now() + 1000).then(first);
  await sender.answer(failed);
  expect(first).toHaveBeenCalledOnce();

  // It does not wait for the time of the next attempt.
  const second = vi.fn<() => void>();
  void delivery.settle(Date.now() + 50).then(second);
  expect(sender.sent).toEqual(["a", "a"]);
  await vi.advanceTimersByTimeAsync(49);
  expect(second).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1);
  expect(second).toHaveBeenCalledOnce();
});

test("sends nothing while paused", async () => {
  const { delivery, sender } = start("retry");
  delivery.pause();
  delivery.offer(batch("a"));
  await vi.advanceTimersByTimeAsync(60_000);
  expect(sender.sent).toEqual([]);
  delivery.resume();
  expect(sender.sent).toEqual(["a"]);
});
