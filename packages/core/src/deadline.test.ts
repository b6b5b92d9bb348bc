import { getEventListeners } from "node:events";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createDeadline, sleep, waitAtMost } from "./deadline.ts";

beforeEach(() => void vi.useFakeTimers({ now: 1_000_000 }));
afterEach(() => void vi.useRealTimers());

test("the signal aborts the margin before the deadline, and not earlier", async () => {
  const deadline = createDeadline({ deadlineEpochMs: 1_002_000, marginMs: 300 });
  const { signal } = deadline;
  await vi.advanceTimersByTimeAsync(1699);
  expect(signal.aborted).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  expect(signal.aborted).toBe(true);
  expect(deadline.remainingMs()).toBe(300);
});

test("a deadline starts no timer before its signal is read", () => {
  createDeadline({ deadlineEpochMs: 1_002_000 });
  expect(vi.getTimerCount()).toBe(0);
});

test("remaining time is never negative", () => {
  expect(createDeadline({ deadlineEpochMs: 999_000 }).remainingMs()).toBe(0);
});

test("a deadline that has passed has an aborted signal", () => {
  expect(createDeadline({ deadlineEpochMs: 999_000 }).signal.aborted).toBe(true);
});

test("aborting works before and after the signal is read", () => {
  const early = createDeadline({ deadlineEpochMs: 1_002_000 });
  early.abort(new Error("stops"));
  expect(early.signal.reason).toEqual(new Error("stops"));
  const late = createDeadline({ deadlineEpochMs: 1_002_000 });
  const { signal } = late;
  late.abort(new Error("stops"));
  expect(signal.aborted).toBe(true);
  expect(vi.getTimerCount()).toBe(0);
});

test("a deadline further away than the longest timer does not fire at once", async () => {
  const deadline = createDeadline({ deadlineEpochMs: 1_000_000 + 2 ** 32 });
  const { signal } = deadline;
  await vi.advanceTimersByTimeAsync(2 ** 31);
  expect(signal.aborted).toBe(false);
  await vi.advanceTimersByTimeAsync(2 ** 31);
  expect(signal.aborted).toBe(true);
});

test("a closed deadline leaves no timer and does not fire", () => {
  const deadline = createDeadline({ deadlineEpochMs: 1_002_000 });
  const { signal } = deadline;
  deadline.close();
  expect(vi.getTimerCount()).toBe(0);
  expect(signal.aborted).toBe(false);
});

test("a time limit counts from now", async () => {
  const deadline = createDeadline({ timeoutMs: 100 });
  expect(deadline.signal.aborted).toBe(false);
  await vi.advanceTimersByTimeAsync(99);
  expect([deadline.signal.aborted, deadline.remainingMs()]).toEqual([false, 1]);
  await vi.advanceTimersByTimeAsync(1);
  expect([deadline.signal.aborted, deadline.remainingMs()]).toEqual([true, 0]);
});

test("a deadline within another never has more time left than the whole", async () => {
  const whole = createDeadline({ timeoutMs: 100 });
  await vi.advanceTimersByTimeAsync(70);
  expect(createDeadline({ within: whole, timeoutMs: 5000 }).remainingMs()).toBe(30);
  expect(createDeadline({ within: whole }).remainingMs()).toBe(30);
  expect(createDeadline({ within: whole, timeoutMs: 10 }).remainingMs()).toBe(10);
});

test("a deadline within another ends with the whole, also if that ends early or has ended before", () => {
  const whole = createDeadline({ timeoutMs: 100 });
  const part = createDeadline({ within: whole, timeoutMs: 50 });
  const { signal } = part;
  whole.abort(new Error("over"));
  expect(signal.aborted).toBe(true);
  expect(createDeadline({ within: whole, timeoutMs: 50 }).signal.aborted).toBe(true);
});

test("a deadline within another ends with the whole's signal, which comes a margin before its deadline", async () => {
  const whole = createDeadline({ timeoutMs: 1000, marginMs: 300 });
  const { signal } = createDeadline({ within: whole });
  await vi.advanceTimersByTimeAsync(700);
  expect(signal.aborted).toBe(true);
});

test("a deadline within another leaves no timer and no listener behind when closed", () => {
  const whole = createDeadline({ timeoutMs: 100 });
  const part = createDeadline({ within: whole, timeoutMs: 50 });
  expect([whole.signal.aborted, part.signal.aborted]).toEqual([false, false]);
  expect(getEventListeners(whole.signal, "abort")).toHaveLength(1);
  part.close();
  expect(getEventListeners(whole.signal, "abort")).toHaveLength(0);
  whole.close();
  expect(vi.getTimerCount()).toBe(0);
});

test("a deadline within another does not read the whole's signal before its own is read", () => {
  const whole = createDeadline({ timeoutMs: 100 });
  createDeadline({ within: whole }).close();
  expect(vi.getTimerCount()).toBe(0);
});

test("a wait that is over in time gives the value and clears its timer", async () => {
  expect(await waitAtMost(Promise.resolve(7), 1000)).toEqual({ kind: "settled", value: 7 });
  expect(vi.getTimerCount()).toBe(0);
});

test("a wait that takes too long ends as late, and a later rejection does no harm", async () => {
  let reject: (error: Error) => void = () => {};
  const waited = waitAtMost(new Promise((_resolve, fail) => (reject = fail)), 1000);
  await vi.advanceTimersByTimeAsync(1000);
  expect(await waited).toEqual({ kind: "late" });
  reject(new Error("too late"));
  await vi.advanceTimersByTimeAsync(0);
});

test("a sleep ends after its time, and leaves no timer or listener", async () => {
  const { signal } = new AbortController();
  const sleeping = sleep(1000, signal);
  await vi.advanceTimersByTimeAsync(1000);
  await sleeping;
  expect(vi.getTimerCount()).toBe(0);
  expect(getEventListeners(signal, "abort")).toEqual([]);
});

test("a sleep ends with its signal, also one that has aborted, and leaves no timer", async () => {
  const controller = new AbortController();
  const sleeping = sleep(1000, controller.signal);
  controller.abort();
  await sleeping;
  await sleep(1000, controller.signal);
  expect(vi.getTimerCount()).toBe(0);
});
