import { expect, test } from "vitest";
import { closed, mayTry, openAfter } from "./circuit-breaker.ts";

const at = (ms: number) => ({ wallMs: ms, monotonicMs: ms });

test("lets every try through while closed, after the rest that was asked for", () => {
  expect(mayTry(closed(at(0)), at(0))).toBe(true);
  expect(mayTry(closed(at(0), 2000), at(1999))).toBe(false);
  expect(mayTry(closed(at(0), 2000), at(2000))).toBe(true);
  expect(mayTry(closed(at(0), Number.POSITIVE_INFINITY), at(300_000))).toBe(true);
});

test("lets one try through ten seconds after a failure", () => {
  const open = openAfter(closed(at(0)), at(1000));
  expect(mayTry(open, at(10_999))).toBe(false);
  expect(mayTry(open, at(11_000))).toBe(true);
});

test("doubles the wait after each failed probe, up to five minutes", () => {
  let breaker = openAfter(closed(at(0)), at(0));
  const waits = [breaker];
  for (let probe = 0; probe < 6; probe += 1) waits.push((breaker = openAfter(breaker, at(0))));
  expect(waits.map((open) => open.probeAfterMs)).toEqual([10_000, 20_000, 40_000, 80_000, 160_000, 300_000, 300_000]);
});

test("waits as long as the destination asked for, within the five minutes", () => {
  expect(openAfter(closed(at(0)), at(0), 60_000)).toMatchObject({ probeAfterMs: 60_000 });
  expect(openAfter(closed(at(0)), at(0), 9_000_000)).toMatchObject({ probeAfterMs: 300_000 });
});

test("counts the time of a freeze, which stops the monotonic clock", () => {
  const open = openAfter(closed(at(0)), { wallMs: 0, monotonicMs: 0 });
  expect(mayTry(open, { wallMs: 60_000, monotonicMs: 5 })).toBe(true);
});
