import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { ageMs, now, systemClock, wasFrozenBetween } from "./clock.ts";

const start = { wallMs: 1_000_000, monotonicMs: 5000 };
const later = (wallMs: number, monotonicMs: number) => ({
  wallMs: start.wallMs + wallMs,
  monotonicMs: start.monotonicMs + monotonicMs,
});

test.each([
  ["both clocks ran", later(100, 100), 100],
  ["the environment was frozen: only the wall clock moved", later(600_000, 20), 600_000],
  ["the wall clock was set back", later(-3_600_000, 50), 50],
  ["nothing moved", later(0, 0), 0],
  ["both went back, which must not make an age negative", later(-5, -5), 0],
])("the age where %s", (_name, at, expected) => {
  expect(ageMs(start, at)).toBe(expected);
});

test.each([
  [later(600_000, 20), true],
  [later(1500, 500), false],
  [later(1501, 500), true],
  [later(-10_000, 20), false],
])("notices a freeze by the difference of the clocks: %j → %j", (at, expected) => {
  expect(wasFrozenBetween(start, at)).toBe(expected);
});

test("the process's clocks read as documented", () => {
  const moment = now(systemClock);
  expect(Math.abs(moment.wallMs - Date.now())).toBeLessThan(60_000);
  expect(now(systemClock).monotonicMs).toBeGreaterThanOrEqual(moment.monotonicMs);
});

test("the process's clocks are read without loading a module", () => {
  const clock = new URL("clock.ts", import.meta.url).href;
  const script = `const { systemClock } = await import("${clock}");
    const before = process.moduleLoadList.length;
    systemClock.wallMs();
    systemClock.monotonicMs();
    console.log(JSON.stringify(process.moduleLoadList.slice(before)));`;
  const said = execFileSync(process.execPath, ["--input-type=module", "-e", script], { encoding: "utf8" });
  expect(JSON.parse(said)).toEqual([]);
});
