import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { timerClock } from "../test/fakes.ts";
import { createDeadlineWithin, orAborted } from "./deadline.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const within = (timeoutMs: number, outer?: ReturnType<typeof createDeadlineWithin>) =>
  createDeadlineWithin(outer, { timeoutMs, clock: timerClock });

describe("createDeadlineWithin", () => {
  test("fires its signal when its time is over", () => {
    const deadline = within(100);
    expect(deadline.signal.aborted).toBe(false);
    vi.advanceTimersByTime(99);
    expect([deadline.signal.aborted, deadline.remainingMs()]).toEqual([false, 1]);
    vi.advanceTimersByTime(1);
    expect([deadline.signal.aborted, deadline.remainingMs()]).toEqual([true, 0]);
  });

  test("never has more time than the whole has left", () => {
    const outer = within(100);
    vi.advanceTimersByTime(70);
    expect(within(5000, outer).remainingMs()).toBe(30);
  });

  test("ends with the whole, also where that ends early or has ended before", () => {
    const outer = within(100);
    const inner = within(50, outer);
    outer.abort(new Error("over"));
    expect(inner.signal.aborted).toBe(true);
    expect(within(50, outer).signal.aborted).toBe(true);
  });

  test("leaves no timer behind when closed", () => {
    const outer = within(100);
    const inner = within(50, outer);
    expect([outer.signal.aborted, inner.signal.aborted]).toEqual([false, false]);
    inner.close();
    outer.close();
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("orAborted", () => {
  test("takes the work's value", async () => {
    expect(await orAborted(Promise.resolve(7), new AbortController().signal)).toBe(7);
  });

  test("does not wait for work that ignores the signal", async () => {
    expect(await orAborted(new Promise(() => {}), AbortSignal.abort())).toBeUndefined();
  });
});
