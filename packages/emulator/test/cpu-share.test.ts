import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { openCpuGroup } from "../src/cpu-share/cpu-group.ts";
import { nodeFunction, politeExtension, pythonExtension, start, texts, writeFolder } from "./environment-fixture.ts";
import { isRunning } from "./processes-left.ts";

/** `ready` if this machine can limit CPU time: this needs root, or a delegated cgroup of version 2. */
const probe = await openCpuGroup(1);
const folder = probe.kind === "ready" ? (probe.group.enter([])[3] ?? "").replace(/\/[^/]+\/cgroup\.procs$/, "") : "";
if (probe.kind === "ready") await probe.group.close();

/** Returns the group that an extension printed. Other processes on this machine have other groups. */
function groupIn(output: string): string {
  const name = /lambda-emulator-[\da-f-]+/.exec(output)?.[0] ?? "none";
  return `${folder}/${name}`;
}

/** A polite extension that prints the groups it is in. */
const told = pythonExtension(
  "told",
  `say(open("/proc/self/cgroup").read().replace("\\n", " "))\n${politeExtension("x")["extensions/x"]}`,
);

/** Tries to use a whole CPU for a while. Answers with the share of a CPU that it got. */
const busy = nodeFunction(`
import { createHash } from "node:crypto";
const bytes = Buffer.alloc(1 << 20);
export const handler = async () => {
  const startMs = performance.now();
  const before = process.cpuUsage();
  for (let round = 0; round < 300; round++) createHash("sha256").update(bytes).digest();
  const { user, system } = process.cpuUsage(before);
  return { share: (user + system) / 1000 / (performance.now() - startMs) };
};`);

/** Returns the limit of an environment with this memory, and what it used. Units: CPUs. */
async function measure(memorySizeMb: number): Promise<{ readonly allowed: number; readonly share: number }> {
  const environment = await start({ ...busy, memorySizeMb, timeoutSeconds: 60 }, [told], { cpuShare: true });
  const allowed = allowedIn(groupIn(texts(environment, "extension").join("\n")));
  const { payload } = await environment.invoke(0);
  await environment.close();
  return { allowed, ...(JSON.parse(payload) as { readonly share: number }) };
}

/** Reads the limit from a group's files, in version 1 or 2. Source: https://docs.kernel.org/scheduler/sched-bwc.html */
function allowedIn(group: string): number {
  const read = (name: string) => readFileSync(join(group, name), "utf8").split(/\s/).map(Number);
  const [quota = NaN, period = NaN] = existsSync(join(group, "cpu.max"))
    ? read("cpu.max")
    : [...read("cpu.cfs_quota_us").slice(0, 1), ...read("cpu.cfs_period_us").slice(0, 1)];
  return quota / period;
}

/** Gives 2 vCPU, so that the limit does not slow the tests below. */
const memorySizeMb = 3538;

describe.skipIf(probe.kind === "refused")("with a CPU share", { timeout: 60_000 }, () => {
  test("a function gets Lambda's share of a CPU for its memory, and a busy function gets no more", async () => {
    const [small, large] = [await measure(512), await measure(memorySizeMb)];
    expect(small.allowed).toBeCloseTo(512 / 1769, 2);
    expect(large.allowed).toBeCloseTo(2, 2);
    // Other processes can only lower the share. A function may use a little more than the last slice of a period.
    expect(small.share).toBeLessThan(1.2 * (512 / 1769));
  });

  test("extensions run under the same limit, which does not change their variables and stays after a reset", async () => {
    const variables = pythonExtension("variables", `say(sorted(os.environ))\n${politeExtension("x")["extensions/x"]}`);
    const mortal = nodeFunction("export const handler = async (event) => event.exit && process.exit(1);");
    const seen: (readonly string[])[] = [];
    for (const cpuShare of [true, false]) {
      const environment = await start({ ...mortal, memorySizeMb }, [told, variables], { cpuShare });
      await environment.invoke({ exit: true });
      await environment.invoke({});
      seen.push(texts(environment, "extension"));
    }
    const [limited = [], free = []] = seen;
    expect(limited.filter((text) => text.startsWith("['"))).toEqual(free.filter((text) => text.startsWith("['")));
    expect(limited.join("\n").match(/lambda-emulator-/g)).toHaveLength(2);
    expect(free.join("\n")).not.toContain("lambda-emulator-");
  });

  test("closing removes the group and ends the processes, also a process that left its process group", async () => {
    const runaway = pythonExtension(
      "runaway",
      `
import subprocess
child = subprocess.Popen(["setsid", "sleep", "600.5"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
identity = register(["SHUTDOWN"])
say(child.pid)
next_event(identity)
`,
    );
    for (const isolation of ["namespace", "paths"] as const) {
      const environment = await start({ ...busy, memorySizeMb }, [runaway, told], { cpuShare: true, isolation });
      const group = groupIn(texts(environment, "extension").join("\n"));
      expect(existsSync(group)).toBe(true);
      const pid = texts(environment, "extension").find((text) => /^\d+$/.test(text)) ?? "";
      expect(isRunning(Number(pid))).toBe(true);
      await environment.close();
      expect(existsSync(group)).toBe(false);
      await expect.poll(() => isRunning(Number(pid))).toBe(false);
    }
  });

  test.each(["SIGKILL", "SIGINT"] as const)("a process that dies of %s leaves no group behind", async (signal) => {
    const program = `
import { startEnvironment } from ${JSON.stringify(fileURLToPath(new URL("../src/environment/start-environment.ts", import.meta.url)))};
const [codePath, layer, isolation] = process.argv.slice(2);
await startEnvironment({ function: { runtime: "nodejs22.x", handler: "index.handler", codePath, memorySizeMb: ${memorySizeMb} }, layers: [layer], isolation, cpuShare: true, onLine: ({ text }) => text.includes("lambda-emulator-") && console.log(text) });`;
    for (const isolation of ["namespace", "paths"]) {
      const code = writeFolder({ "program.ts": program, "code/index.mjs": "export const handler = () => 1;" });
      const args = ["--no-warnings", `${code}/program.ts`, `${code}/code`, writeFolder(told), isolation];
      const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
      const [output] = (await once(child.stdout, "data")) as [Buffer];
      const group = groupIn(output.toString());
      expect(existsSync(group)).toBe(true);
      child.kill(signal);
      await expect.poll(() => existsSync(group), { interval: 20 }).toBe(false);
    }
  });
});

test("if no limit can be set, a notice says so and the function runs", async () => {
  // No kernel takes a share this small.
  const environment = await start(
    { ...nodeFunction("export const handler = async () => 1;"), memorySizeMb: 0.001 },
    [],
    { cpuShare: true },
  );
  const notice = environment.notices.find(({ kind }) => kind === "no-cpu-share");
  expect(notice?.text).toContain("no CPU share: all of this machine's CPU instead of 0.00 vCPU");
  expect((await environment.invoke(0)).payload).toBe("1");
});
