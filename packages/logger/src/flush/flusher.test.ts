import { createDeadline } from "@lambda-extension/core";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createLine, createMessages, createScripted, timerClock } from "../../test/fakes.ts";
import type { Script } from "../../test/fakes.ts";
import { Ledger } from "../account/ledger.ts";
import { BoundedBuffer } from "../buffer/bounded-buffer.ts";
import type { FlushConfig } from "./flush-policy.ts";
import { createFlusher } from "./flusher.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const sent = { kind: "sent" } as const;
const refused = { kind: "retry", cause: "ECONNREFUSED" } as const;

function createParts(script: Script, flush: FlushConfig = { budgetMs: 400, intervalMs: 0 }) {
  const buffer = new BoundedBuffer({ maxItems: 1000, maxBytes: 1_000_000 });
  const destination = createScripted(script);
  const { said, messages } = createMessages();
  const flusher = createFlusher({
    buffer,
    destination,
    messages,
    ledger: new Ledger(),
    batchMaxBytes: 1000,
    flush,
    clock: timerClock,
  });
  let count = 0;
  const add = (text?: string): void => {
    count += 1;
    buffer.add(createLine(String(count), text));
    flusher.linesAdded();
  };
  /** Runs one invocation and waits for its flush. Returns how long it held the function. */
  const invoke = async (): Promise<number> => {
    const begin = Date.now();
    if (!flusher.invocationStarted()) return 0;
    let heldMs = Number.NaN;
    const held = flusher.invocationEnded(3000).then(() => (heldMs = Date.now() - begin));
    for (let ms = 0; ms < 3000 && Number.isNaN(heldMs); ms += 1) await vi.advanceTimersByTimeAsync(1);
    await held;
    return heldMs;
  };
  return { buffer, flusher, add, invoke, said, ...destination };
}

describe("createFlusher", () => {
  test("sends the lines that wait at the end of an invocation", async () => {
    const { add, invoke, delivered } = createParts(() => sent);
    add();
    await invoke();
    expect(delivered).toEqual(["1"]);
  });

  test("does not try again at an invocation's end after a refusal beside the function a moment before", async () => {
    const answers: ((outcome: typeof refused) => void)[] = [];
    const { flusher, add, batches } = createParts(() => new Promise((resolve) => answers.push(resolve)));
    flusher.invocationStarted();
    add("x".repeat(2000));
    expect(batches).toHaveLength(1);
    const ended = flusher.invocationEnded(3000);
    answers[0]?.(refused);
    await vi.advanceTimersByTimeAsync(1000);
    await ended;
    expect(batches).toHaveLength(1);
  });

  test("waits for a destination that took some lines and said when it takes more", async () => {
    const outcomes = [sent, { kind: "retry", cause: "status 429", afterMs: 60_000 } as const];
    const { add, invoke, batches, said } = createParts(() => outcomes.shift() ?? sent);
    add("x".repeat(900));
    add("y".repeat(900));
    await invoke();
    expect(batches).toHaveLength(2);
    expect(await invoke()).toBe(0);
    await vi.advanceTimersByTimeAsync(59_000);
    expect(await invoke()).toBe(0);
    await vi.advanceTimersByTimeAsync(1000);
    await invoke();
    expect(batches).toHaveLength(3);
    expect(said).toEqual([]);
  });

  test("holds an invocation no longer than its budget, then no invocation at all until a probe is due", async () => {
    const { add, invoke, batches, said, buffer } = createParts(() => "hang");
    add();
    expect(await invoke()).toBe(400);
    add();
    expect(await invoke()).toBe(0);
    expect(batches).toHaveLength(1);
    expect(said).toHaveLength(1);
    expect(said[0]).toContain("took nothing in 400 ms (hung); lines waiting: 1.");
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await invoke()).toBe(400);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await invoke()).toBe(0);
    expect(said).toHaveLength(1);
    expect(buffer.items).toBe(2);
  });

  test("goes on as before when a probe succeeds, and reports that", async () => {
    let isDead = true;
    const { add, invoke, delivered, said } = createParts(() => (isDead ? refused : sent));
    add();
    await invoke();
    isDead = false;
    await vi.advanceTimersByTimeAsync(10_000);
    await invoke();
    add();
    await invoke();
    expect(delivered).toEqual(["1", "2"]);
    expect(said[1]).toContain("takes lines again");
  });

  test("goes on holding invocations for a slow destination that takes some lines each time", async () => {
    let calls = 0;
    const { add, invoke, said } = createParts(() => ((calls += 1) % 2 === 1 ? sent : "hang"));
    for (let index = 0; index < 5; index += 1) add("x".repeat(900));
    expect(await invoke()).toBe(400);
    expect(await invoke()).toBe(400);
    expect(said).toEqual([]);
  });

  test("sends a full batch while the function still runs", async () => {
    const { flusher, add, delivered } = createParts(() => sent);
    flusher.invocationStarted();
    add("x".repeat(999));
    await vi.advanceTimersByTimeAsync(0);
    expect(delivered).toEqual([]);
    add("x".repeat(999));
    await vi.advanceTimersByTimeAsync(0);
    expect(delivered).toEqual(["1", "2"]);
  });

  test("does not wait for the end of an invocation before its interval is over", async () => {
    const { flusher, add, invoke, delivered } = createParts(() => sent, { budgetMs: 400, intervalMs: 5000 });
    add();
    await invoke();
    add();
    expect(flusher.invocationStarted()).toBe(false);
    await vi.advanceTimersByTimeAsync(5000);
    expect(flusher.invocationStarted()).toBe(true);
    await invoke();
    expect(delivered).toEqual(["1", "2"]);
  });

  test("starts nothing outside an invocation: a freeze would cut it off", async () => {
    const { flusher, add, invoke, batches } = createParts(() => sent);
    flusher.invocationStarted();
    await invoke();
    add("x".repeat(1999));
    await vi.advanceTimersByTimeAsync(0);
    expect(batches).toEqual([]);
  });

  test("leaves no request open when an invocation ends", async () => {
    const { flusher, add, invoke, batches, buffer } = createParts(() => "hang");
    flusher.invocationStarted();
    add("x".repeat(1999));
    await vi.advanceTimersByTimeAsync(100);
    expect(await invoke()).toBe(400);
    expect(batches).toHaveLength(1);
    expect(buffer.take(1000)?.lines).toHaveLength(1);
  });

  test("stops an open request at once if the invocation's deadline is near", async () => {
    const { flusher, add, batches } = createParts(() => "hang");
    flusher.invocationStarted();
    add("x".repeat(1999));
    await flusher.invocationEnded(100);
    expect(batches).toHaveLength(1);
  });

  test("sends one batch at a time if an invocation's end and a shutdown both wait for an open request", async () => {
    const { flusher, add, buffer } = createParts(async () => {
      await new Promise((resolve) => setTimeout(resolve, 100));
      return refused;
    });
    flusher.invocationStarted();
    add("x".repeat(1999));
    const deadline = createDeadline({ timeoutMs: 1500, clock: timerClock });
    const both = Promise.all([flusher.invocationEnded(3000), flusher.shutDown(deadline)]);
    await vi.advanceTimersByTimeAsync(1500);
    await both;
    deadline.close();
    expect(buffer.items).toBe(1);
  });

  test("ends a shutdown in time if the destination hangs", async () => {
    const { flusher, add, buffer } = createParts(() => "hang");
    add();
    const deadline = createDeadline({ timeoutMs: 1500, clock: timerClock });
    const begin = Date.now();
    const ended = flusher.shutDown(deadline).then(() => Date.now() - begin);
    await vi.advanceTimersByTimeAsync(1500);
    expect(await ended).toBe(1500);
    expect(buffer.items).toBe(1);
  });

  test("tries at shutdown even if the circuit breaker is open", async () => {
    let isDead = true;
    const { flusher, add, invoke, delivered } = createParts(() => (isDead ? refused : sent));
    add();
    await invoke();
    isDead = false;
    const deadline = createDeadline({ timeoutMs: 1500, clock: timerClock });
    await flusher.shutDown(deadline);
    deadline.close();
    expect(delivered).toEqual(["1"]);
  });

  test("sends every second on Managed Instances, until the shutdown", async () => {
    const { flusher, add, delivered, batches } = createParts(() => sent);
    flusher.startPeriod();
    add();
    await vi.advanceTimersByTimeAsync(999);
    expect(delivered).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(delivered).toEqual(["1"]);
    const deadline = createDeadline({ timeoutMs: 100, clock: timerClock });
    await flusher.shutDown(deadline);
    add();
    await vi.advanceTimersByTimeAsync(5000);
    deadline.close();
    expect(batches).toHaveLength(1);
  });
});
