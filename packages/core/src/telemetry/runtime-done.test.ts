import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createRuntimeDoneTracker } from "./runtime-done.ts";
import type { PlatformRuntimeDone } from "./telemetry-event.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const done = (requestId: string, status = "success"): PlatformRuntimeDone => ({
  kind: "platform.runtimeDone",
  time: "t",
  record: { requestId, status },
});

test("returns an earlier event at once and without a timer", async () => {
  const tracker = createRuntimeDoneTracker();
  tracker.see([done("a")]);
  expect(await tracker.wait("a", 1000)).toEqual(done("a"));
  expect(vi.getTimerCount()).toBe(0);
});

test("gives a later event to every wait for it", async () => {
  const tracker = createRuntimeDoneTracker();
  const waits = [tracker.wait("a", 1000), tracker.wait("a", 1000)];
  tracker.see([done("b"), done("a", "timeout")]);
  expect(await Promise.all(waits)).toEqual([done("a", "timeout"), done("a", "timeout")]);
  expect(vi.getTimerCount()).toBe(0);
});

test("gives up after the grace", async () => {
  const tracker = createRuntimeDoneTracker();
  const wait = tracker.wait("a", 1000);
  await vi.advanceTimersByTimeAsync(1000);
  expect(await wait).toBeUndefined();
});

test("does not wait without a grace", async () => {
  expect(await createRuntimeDoneTracker().wait("a", 0)).toBeUndefined();
});

test("keeps the first of a redelivered event", async () => {
  const tracker = createRuntimeDoneTracker();
  tracker.see([done("a", "success"), done("a", "failure")]);
  expect(await tracker.wait("a", 0)).toEqual(done("a", "success"));
});

test("remembers the latest 32 requests and no more", async () => {
  const tracker = createRuntimeDoneTracker();
  tracker.see(Array.from({ length: 1000 }, (_, n) => done(String(n))));
  expect(await tracker.wait("967", 0)).toBeUndefined();
  expect(await tracker.wait("968", 0)).toEqual(done("968"));
});
