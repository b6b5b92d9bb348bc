import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { existsSync, readFileSync, readdirSync, readlinkSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { politeExtension, pythonExtension, pythonFunction, start, writeFolder } from "./environment-fixture.ts";
import { isRunning } from "./processes-left.ts";

/** A process that outlives its parent and leaves its group and session. */
const runaway = pythonExtension(
  "runaway",
  `
import subprocess
subprocess.Popen(["setsid", "sleep", "600.25"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
identity = register(["SHUTDOWN"])
next_event(identity)
`,
);

/** Processes that see another file system than this one and run below the given work folder's environment. */
function processesIn(namespace: string): readonly string[] {
  return readdirSync("/proc").filter((name) => {
    try {
      return /^\d+$/.test(name) && readlinkSync(`/proc/${name}/ns/mnt`) === namespace;
    } catch {
      return false;
    }
  });
}

function namespaceOf(pid: string): string {
  return readlinkSync(`/proc/${pid}/ns/mnt`);
}

test("closing leaves no process, no mount and no file behind", async () => {
  const mounts = readFileSync("/proc/self/mountinfo", "utf8");
  const environment = await start(pythonFunction("def handler(event, context): return 1"), [
    runaway,
    politeExtension(),
  ]);
  await environment.invoke(1);
  const pid = /pid (\d+)/.exec(environment.timeline.find(({ lane }) => lane === "polite")?.detail ?? "")?.[1] ?? "";
  const namespace = namespaceOf(pid);
  // The holder, the runtime, two extensions and the runaway.
  const inside = processesIn(namespace);
  expect(inside.length).toBeGreaterThanOrEqual(5);
  expect(readFileSync("/proc/self/mountinfo", "utf8")).toBe(mounts);
  await environment.close();
  // The kernel gives a namespace's number to the next one at once: another environment may have it by now.
  expect(processesIn(namespace).filter((one) => inside.includes(one))).toEqual([]);
  expect(existsSync(environment.tmpPath)).toBe(false);
  expect(readFileSync("/proc/self/mountinfo", "utf8")).toBe(mounts);
});

const program = `
import { startEnvironment } from ${JSON.stringify(fileURLToPath(new URL("../src/environment/start-environment.ts", import.meta.url)))};
const [codePath, layer, isolation] = process.argv.slice(2);
const environment = await startEnvironment({ function: { runtime: "python3.11", handler: "app.handler", codePath }, layers: [layer], isolation });
await environment.invoke(1);
const pids = environment.timeline.filter(({ kind }) => kind === "spawn").map(({ detail }) => Number(detail.split(" ")[1]));
console.log(JSON.stringify({ pids, tmpPath: environment.tmpPath }));
`;

test.each(["SIGKILL", "SIGTERM", "SIGINT"] as const)(
  "a process that dies of %s takes its environment along",
  async (signal) => {
    for (const isolation of ["namespace", "paths"]) {
      const child = startProgram(isolation);
      const { pids, tmpPath } = JSON.parse(await firstLine(child)) as { pids: number[]; tmpPath: string };
      expect(pids.filter((pid) => isRunning(pid))).toEqual(pids);
      child.kill(signal);
      await gone(() => !pids.some((pid) => isRunning(pid)) && (tmpPath === "/tmp" || !existsSync(tmpPath)));
    }
  },
);

function startProgram(isolation: string): ChildProcess {
  const folder = writeFolder({ "program.ts": program, "code/app.py": "def handler(event, context): return 1" });
  const args = [
    `${folder}/program.ts`,
    `${folder}/code`,
    writeFolder(isolation === "namespace" ? runaway : politeExtension()),
    isolation,
  ];
  return spawn(process.execPath, ["--no-warnings", ...args], { stdio: ["ignore", "pipe", "inherit"] });
}

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    child.stdout?.once("data", (chunk: Buffer) => resolve(chunk.toString()));
    child.once("exit", (code) => reject(new Error(`exit ${code}`)));
  });
}

/** The kernel ends processes in its own time: looks until it has. */
async function gone(isGone: () => boolean): Promise<void> {
  await expect.poll(isGone, { interval: 20 }).toBe(true);
}
