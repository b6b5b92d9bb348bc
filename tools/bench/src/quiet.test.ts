import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { inQuiet, othersCpuMs } from "./quiet.ts";

/** A counter of CPU time. During each measurement it grows by the next of these milliseconds. */
function counter(grows: readonly number[]): () => number {
  const looks = grows.flatMap((ms) => [0, ms]);
  return () => looks.shift() ?? 0;
}

const measuring = () => {
  let measured = 0;
  return () => new Promise<number>((resolve) => setTimeout(() => resolve((measured += 1)), 20));
};

test("takes a measurement that no other program disturbed", async () => {
  expect(await inQuiet(counter([0]), 2, measuring())).toEqual({ value: 1, isQuiet: true });
});

test("measures again if other programs used the CPUs", async () => {
  expect(await inQuiet(counter([1000, 0]), 2, measuring())).toEqual({ value: 2, isQuiet: true });
});

test("takes the least disturbed of three, and reports that it was disturbed", async () => {
  expect(await inQuiet(counter([9000, 1000, 5000]), 2, measuring())).toEqual({ value: 2, isQuiet: false });
});

test("counts the CPU time of ended children as that of the measuring process", () => {
  const before = othersCpuMs([]) - othersCpuMs([process.pid]);
  spawnSync(process.execPath, ["-e", "while (process.cpuUsage().user < 300_000);"]);
  expect(othersCpuMs([]) - othersCpuMs([process.pid]) - before).toBeGreaterThan(250);
});
