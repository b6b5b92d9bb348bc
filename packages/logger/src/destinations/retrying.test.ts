import { createDeadline } from "@lambda-extension/core";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createLine, createScripted, timerClock } from "../../test/fakes.ts";
import type { Script } from "../../test/fakes.ts";
import { createBatch } from "../buffer/bounded-buffer.ts";
import type { Destination } from "./destination.ts";
import { retrying } from "./retrying.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const batch = createBatch([createLine("a")]);
const policy = { baseMs: 100, capMs: 400, attemptTimeoutMs: 1000 };
const sent = { kind: "sent" } as const;
const busy = { kind: "retry", cause: "status 503" } as const;

/** Sends with retries. Returns when each attempt began, and how and after how long it ended. */
async function tried(script: Script, options: { readonly timeoutMs: number; readonly random?: () => number }) {
  const begin = Date.now();
  const attemptsAt: number[] = [];
  const scripted = createScripted((batch) => {
    attemptsAt.push(Date.now() - begin);
    return script(batch);
  });
  const destination = retrying(scripted, policy, { clock: timerClock, random: options.random ?? (() => 0.5) });
  const deadline = createDeadline({ timeoutMs: options.timeoutMs, clock: timerClock });
  const sending = destination.send(batch, deadline).then((outcome) => ({ outcome, tookMs: Date.now() - begin }));
  await vi.runAllTimersAsync();
  deadline.close();
  return { attemptsAt, ...(await sending) };
}

describe("retrying", () => {
  test("tries once if that is enough", async () => {
    expect(await tried(() => sent, { timeoutMs: 1000 })).toEqual({ attemptsAt: [0], outcome: sent, tookMs: 0 });
  });

  test("waits a random part of a time that doubles up to its cap", async () => {
    const { attemptsAt } = await tried(() => busy, { timeoutMs: 1000, random: () => 0.5 });
    expect(attemptsAt).toEqual([0, 50, 150, 350, 550, 750, 950]);
    const { attemptsAt: others } = await tried(() => busy, { timeoutMs: 1000, random: () => 0.25 });
    expect(others.slice(0, 4)).toEqual([0, 25, 75, 175]);
  });

  test("waits at least as long as the destination asks", async () => {
    let calls = 0;
    const { attemptsAt, outcome } = await tried(() => ((calls += 1) === 1 ? { ...busy, afterMs: 700 } : sent), {
      timeoutMs: 1000,
    });
    expect(attemptsAt).toEqual([0, 700]);
    expect(outcome).toEqual(sent);
  });

  test("gives up at once if the destination asks for more time than is left", async () => {
    const outcome = { ...busy, afterMs: 5000 };
    expect(await tried(() => outcome, { timeoutMs: 1000 })).toEqual({ attemptsAt: [0], outcome, tookMs: 0 });
  });

  test("gives each attempt the time that is left after the wait before it, and no more", async () => {
    let calls = 0;
    const { tookMs, attemptsAt } = await tried(() => ((calls += 1) === 1 ? busy : "hang"), { timeoutMs: 600 });
    expect(attemptsAt).toEqual([0, 50]);
    expect(tookMs).toBe(600);
  });

  test("gives one attempt no more than its own limit", async () => {
    let calls = 0;
    const { attemptsAt } = await tried(() => ((calls += 1) === 1 ? "hang" : sent), { timeoutMs: 5000 });
    expect(attemptsAt).toEqual([0, 1050]);
  });

  test.each([
    { kind: "drop", cause: "status 400" },
    { kind: "split", cause: "status 413" },
  ] as const)("does not try again after $kind", async (outcome) => {
    expect(await tried(() => outcome, { timeoutMs: 1000 })).toEqual({ attemptsAt: [0], outcome, tookMs: 0 });
  });

  test("does not wait for a destination that ignores its signal", async () => {
    const deaf: Destination = {
      name: "deaf",
      send: () => new Promise(() => {}),
      close: () => Promise.resolve(),
    };
    const deadline = createDeadline({ timeoutMs: 300, clock: timerClock });
    const sending = retrying(deaf, policy, { clock: timerClock, random: () => 0.5 }).send(batch, deadline);
    await vi.advanceTimersByTimeAsync(300);
    expect(await sending).toEqual({ kind: "retry", cause: "no answer within 300 ms" });
    deadline.close();
  });

  test("treats a throw of the destination as a failure, without repeating its message", async () => {
    const throwing: Destination = {
      name: "throwing",
      send: () => Promise.reject(new TypeError("token=secret")),
      close: () => Promise.resolve(),
    };
    const deadline = createDeadline({ timeoutMs: 10, clock: timerClock });
    const sending = retrying(throwing, policy, { clock: timerClock, random: () => 0.5 }).send(batch, deadline);
    await vi.runAllTimersAsync();
    expect(await sending).toEqual({ kind: "retry", cause: "TypeError" });
    deadline.close();
  });
});
