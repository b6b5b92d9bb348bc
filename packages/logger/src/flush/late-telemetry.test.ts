import type { TelemetryEvent } from "@lambda-extension/core";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createLateTelemetry } from "./late-telemetry.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const time = "2026-01-01T00:00:00.000Z";
const start = (requestId: string): TelemetryEvent => ({ kind: "platform.start", time, record: { requestId } });
const report = (requestId: string): TelemetryEvent => ({
  kind: "platform.report",
  time,
  record: { requestId, metrics: { durationMs: 1 } },
});

async function settledAfter(late: ReturnType<typeof createLateTelemetry>, timeoutMs: number): Promise<() => number> {
  const begin = Date.now();
  let end = Number.NaN;
  void late.settled(timeoutMs).then(() => (end = Date.now()));
  await vi.advanceTimersByTimeAsync(0);
  return () => end - begin;
}

test("waits 50 ms if the last report has come", async () => {
  const late = createLateTelemetry();
  late.see([start("a"), report("a")]);
  const took = await settledAfter(late, 300);
  await vi.advanceTimersByTimeAsync(300);
  expect(took()).toBe(50);
});

test("waits for the report of the last request, and 50 ms after it", async () => {
  const late = createLateTelemetry();
  late.see([start("a"), report("a"), start("b")]);
  const took = await settledAfter(late, 300);
  await vi.advanceTimersByTimeAsync(100);
  late.see([report("a")]);
  await vi.advanceTimersByTimeAsync(20);
  late.see([report("b")]);
  await vi.advanceTimersByTimeAsync(300);
  expect(took()).toBe(170);
});

test("gives up after its time", async () => {
  const late = createLateTelemetry();
  late.see([start("a")]);
  const took = await settledAfter(late, 300);
  await vi.advanceTimersByTimeAsync(300);
  expect(took()).toBe(300);
});
