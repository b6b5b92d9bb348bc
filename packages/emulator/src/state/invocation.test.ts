import { expect, test } from "vitest";
import { createBandwidth } from "./invocation.ts";

const MiB = 1024 * 1024;

test("lets 6 MiB through at once, and what follows at 2 MiB/s", () => {
  const take = createBandwidth();
  for (let count = 0; count < 6; count++) expect(take(MiB, 0)).toBe(0);
  expect(take(MiB, 0)).toBe(500);
  expect(take(2 * MiB, 500)).toBe(1000);
});

test("takes 27 s for 60 MiB that come as fast as they are read", () => {
  const take = createBandwidth();
  const pieces = (60 * MiB) / 65_536;
  let nowMs = 0;
  for (let count = 0; count < pieces; count++) nowMs += take(65_536, nowMs);
  expect(nowMs).toBeCloseTo(27_000, 3);
});

test("never slows a stream below 2 MiB/s, and gathers no more than 6 MiB in a pause", () => {
  const take = createBandwidth();
  for (let second = 0; second < 100; second++) expect(take(2 * MiB, second * 1000)).toBe(0);
  expect(take(6 * MiB, 1_000_000)).toBe(0);
  expect(take(MiB, 1_000_000)).toBe(500);
});
