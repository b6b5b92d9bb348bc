import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createInterruption } from "./interruption.ts";
import type { ShutdownEvent } from "./lifecycle-event.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const event: ShutdownEvent = { eventType: "SHUTDOWN", deadlineMs: 1, shutdownReason: "sigterm" };
const never = new Promise<never>(() => {});

test("a wait ends with its work, and leaves no timer", async () => {
  expect(await createInterruption().during(Promise.resolve(7), 1000)).toEqual({ kind: "settled", value: 7 });
  expect(vi.getTimerCount()).toBe(0);
});

test("a wait rejects if its work does", async () => {
  await expect(createInterruption().during(Promise.reject(new Error("work")), 1000)).rejects.toThrowError("work");
  expect(vi.getTimerCount()).toBe(0);
});

test("a wait ends when its time is over", async () => {
  const waited = createInterruption().during(never, 1000);
  await vi.advanceTimersByTimeAsync(1000);
  expect(await waited).toEqual({ kind: "late" });
});

test("a wait longer than the longest timer does not end at once", async () => {
  let ended = false;
  void createInterruption()
    .during(never, 2 ** 31)
    .then(() => (ended = true));
  await vi.advanceTimersByTimeAsync(1000);
  expect(ended).toBe(false);
});

test("a wait ends when the extension has to stop, and so does every later one", async () => {
  const interruption = createInterruption();
  const waited = interruption.during(never, 1000);
  interruption.stop(event);
  expect(await waited).toEqual({ kind: "stopped", event });
  expect(await interruption.during(never)).toEqual({ kind: "stopped", event });
  expect(vi.getTimerCount()).toBe(0);
});

test("the first interruption counts", async () => {
  const interruption = createInterruption();
  expect(interruption.isRaised()).toBe(false);
  interruption.fail(new Error("fatal"));
  expect(interruption.isRaised()).toBe(true);
  interruption.stop(event);
  await expect(interruption.during(never)).rejects.toThrowError("fatal");
});
