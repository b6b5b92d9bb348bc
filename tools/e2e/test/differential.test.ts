import { join } from "node:path";
import { describe, expect, inject, test } from "vitest";
import { acceptedDifferences } from "../src/probe/accepted-differences.ts";
import { launchProbes } from "../src/probe/launch-probes.ts";
import { lifeCycleProbes } from "../src/probe/life-cycle-probes.ts";
import { startOfficialTarget, startOurTarget } from "../src/probe/probe-target.ts";
import { runProbe } from "../src/probe/probe.ts";
import { registerProbes } from "../src/probe/register-probes.ts";
import { runtimeProbes } from "../src/probe/runtime-probes.ts";
import { lacksPythonTools } from "./needs.ts";

const run = inject("run");
const probes = [...registerProbes, ...lifeCycleProbes, ...runtimeProbes, ...launchProbes];

describe.skipIf(lacksPythonTools)("this repository's emulator answers as AWS's does", { concurrent: true }, () => {
  test.each(probes)("$name", async (probe) => {
    const folder = join(run.folder, "probes", probe.name.replaceAll("/", " "));
    const [official, ours] = await Promise.all([
      runProbe(probe, join(folder, "official"), startOfficialTarget),
      runProbe(probe, join(folder, "ours"), startOurTarget),
    ]);
    const expected = new Map(official);
    for (const [step, answer] of official) {
      const name = `${probe.name} > ${step}`;
      const accepted = acceptedDifferences.find(({ steps }) => steps.includes(name))?.ours;
      if (accepted === undefined) continue;
      const ourAnswer = ours.get(step) ?? "";
      expect(matches(accepted, answer), `${name} is not a difference any more: remove it from the list`).toBe(false);
      expected.set(step, matches(accepted, ourAnswer) ? ourAnswer : String(accepted));
    }
    expect(Object.fromEntries(ours)).toEqual(Object.fromEntries(expected));
    expect(official.size).toBeGreaterThan(0);
  });

  test("each accepted difference names a probe", () => {
    const names = new Set(probes.map(({ name }) => name));
    const steps = acceptedDifferences.flatMap((difference) => difference.steps);
    expect(steps.filter((step) => !names.has(step.split(" > ")[0] ?? ""))).toEqual([]);
  });
});

function matches(accepted: string | RegExp, answer: string): boolean {
  return typeof accepted === "string" ? accepted === answer : accepted.test(answer);
}
