import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { inQuiet, othersCpuMs } from "./quiet.ts";

/** A counter of CPU time that grows by each of these between two looks before and after a measurement. */
function counter(grows: readonly number[]): () => number {
  const looks = grows.flatMap((ms) => [0, ms]);
  return () => looks.shift() ?? 0;
}

const measuring = () => {
  let measured = 0;
  return () => new Promise<number>((resolve) => setTimeout(() => resolve((measured += 1)), 20));
};

test("takes what was measured while nobody disturbed", async () => {
  expect(await inQuiet(counter([0]), 2, measuring())).toEqual({ value: 1, isQuiet: true });
});

test("measures again where others used the CPUs", async () => {
  expect(await inQuiet(counter([1000, 0]), 2, measuring())).toEqual({ value: 2, isQuiet: true });
});

test("takes the least disturbed of three, and says so", async () => {
  expect(await inQuiet(counter([9000, 1000, 5000]), 2, measuring())).toEqual({ value: 2, isQuiet: false });
});

test("counts what ended children of the measuring process used as its own", () => {
  const before = othersCpuMs([]) - othersCpuMs([process.pid]);
  spawnSync(process.execPath, ["-e", "while (process.cpuUsage().user < 300_000);"]);
  expect(othersCpuMs([]) - othersCpuMs([process.pid]) - before).toBeGreaterThan(250);
});
