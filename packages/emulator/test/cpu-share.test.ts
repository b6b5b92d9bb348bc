import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { openCpuGroup } from "../src/cpu-share/cpu-group.ts";
import { nodeFunction, politeExtension, pythonExtension, start, texts, writeFolder } from "./environment-fixture.ts";
import { isRunning } from "./processes-left.ts";

/** Whether this machine lets anybody limit CPU time: it takes root, or a delegated cgroup of version 2. */
const probe = await openCpuGroup(1);
const folder = probe.kind === "ready" ? (probe.group.enter([])[3] ?? "").replace(/\/[^/]+\/cgroup\.procs$/, "") : "";
if (probe.kind === "ready") await probe.group.close();

/** The group that an extension tells of; others on this machine have groups of their own. */
function groupIn(output: string): string {
  const name = /lambda-emulator-[\da-f-]+/.exec(output)?.[0] ?? "none";
  return `${folder}/${name}`;
}

/** A polite extension that prints the groups it is in. */
const told = pythonExtension("told", `say(open("/proc/self/cgroup").read().replace("\\n", " "))\n${politeExtension("x")["extensions/x"]}`);

/** Answers with the share of a CPU that it had while it wanted a whole one. */
const busy = nodeFunction(`
import { createHash } from "node:crypto";
const bytes = Buffer.alloc(1 << 20);
export const handler = async () => {
  const startMs = performance.now();
  const before = process.cpuUsage();
  for (let round = 0; round < 300; round++) createHash("sha256").update(bytes).digest();
  const { user, system } = process.cpuUsage(before);
  return { share: (user + system) / 1000 / (performance.now() - startMs), elapsedMs: performance.now() - startMs };
};`);

interface Measured {
  readonly share: number;
  readonly elapsedMs: number;
}

async function measure(memorySizeMb: number): Promise<Measured> {
  const environment = await start({ ...busy, memorySizeMb, timeoutSeconds: 60 }, [], { cpuShare: true });
  const { payload } = await environment.invoke(0);
  await environment.close();
  return JSON.parse(payload) as Measured;
}

/** A share of 2 vCPU: these tests are about something else. */
const memorySizeMb = 3538;

describe.skipIf(probe.kind === "refused")("with a CPU share", { timeout: 60_000 }, () => {
  test("a busy function with 512 MB takes longer than with 3538 MB, and has no more than its part of a CPU", async () => {
    const measured = [await measure(512), await measure(3538), await measure(512), await measure(3538)];
    const better = (one: Measured | undefined, other: Measured | undefined) => Math.min(one?.elapsedMs ?? NaN, other?.elapsedMs ?? NaN);
    const [small, large] = [better(measured[0], measured[2]), better(measured[1], measured[3])];
    // 0.29 and 2 vCPU, of which one thread can use one; others on this machine only lower what the large one gets.
    expect(measured[0]?.share).toBeLessThan(1.2 * (512 / 1769));
    expect(small / large).toBeGreaterThan(1.5);
  });

  test("extensions share it, their environment is not changed by it, and a reset has it too", async () => {
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

  test("closing leaves no group behind, nor who left its process group", async () => {
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
import { startEnvironment } from ${JSON.stringify(fileURLToPath(new URL("../src/environment.ts", import.meta.url)))};
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
      await expect.poll(() => existsSync(group), { timeout: 10_000, interval: 20 }).toBe(false);
    }
  });
});

test("where no limit can be set, that is said and the function runs", async () => {
  // No kernel takes a share this small.
  const environment = await start({ ...nodeFunction("export const handler = async () => 1;"), memorySizeMb: 0.001 }, [], { cpuShare: true });
  expect(environment.notices.join("\n")).toContain("no CPU share: all of this machine's CPU instead of 0.00 vCPU");
  expect((await environment.invoke(0)).payload).toBe("1");
});
