import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { processesLeft } from "../../test/processes-left.ts";

/** The command as it is installed, on a project whose extension is written in bash. */
const bin = join(import.meta.dirname, "../../bin/lambda-emulator.js");
const projectFolder = join(import.meta.dirname, "../../test/projects/bash-extension");

let folder: string;
let mark: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "emulator scenario "));
  mark = `mark-${randomUUID()}`;
});
afterEach(() => rm(folder, { recursive: true }));

interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts `invoke` with the mark in the environment of every process of Lambda's. */
async function start(event: unknown, words: readonly string[] = [], hang = "") {
  await writeFile(join(folder, "event.json"), JSON.stringify(event));
  await writeFile(join(folder, "env.json"), JSON.stringify({ Parameters: { MARK: mark, HANG: hang } }));
  const options = ["-t", join(projectFolder, "template.yaml"), "-e", "event.json", "--env-vars", "env.json", ...words];
  const child = spawn(process.execPath, [bin, "invoke", ...options], {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const written = { stdout: "", stderr: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => (written.stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (written.stderr += text));
  const ended = new Promise<Ended>((resolve) => child.on("close", (status) => resolve({ status, ...written })));
  return { child, ended, written };
}

describe("lambda-emulator invoke", () => {
  test("runs a template as written, its extension from registration to SHUTDOWN", async () => {
    const { ended } = await start({ n: 1 });
    const { status, stdout, stderr } = await ended;
    expect(stderr).not.toContain("error:");
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toEqual({ event: { n: 1 } });
    const steps = [
      "[bash-extension] registered",
      "START RequestId",
      "in the function",
      "REPORT RequestId",
      "[bash-extension] bye",
      "shutdown",
    ];
    const places = steps.map((step) => stderr.indexOf(step));
    expect(places).not.toContain(-1);
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(await processesLeft(mark)).toEqual([]);
  });

  test("ends with 1 if the function raised, with the error on stdout", async () => {
    const { ended } = await start({ fail: true });
    const { status, stdout } = await ended;
    expect(status).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ errorType: "ValueError", errorMessage: "as asked" });
  });

  test("gives lines and timeline of every invocation as JSON", async () => {
    const { ended } = await start({}, ["--json", "--count", "2"]);
    const document = JSON.parse((await ended).stdout) as {
      answers: unknown[];
      lines: { text: string }[];
      timeline: { lane: string }[];
    };
    expect(document.answers).toHaveLength(2);
    expect(document.lines.filter((line) => line.text === "invoked")).toHaveLength(2);
    expect(new Set(document.timeline.map((entry) => entry.lane))).toEqual(
      new Set(["platform", "runtime", "bash-extension"]),
    );
  });

  test.skipIf(process.platform !== "linux")("ends, cleaning up, when the reader of its output goes away", async () => {
    const { child, ended } = await start({ sleepSeconds: 600 }, ["--verbose"]);
    child.stderr.once("data", () => child.stderr.destroy());
    expect((await ended).status).toBe(130);
    await expect.poll(() => processesLeft(mark)).toEqual([]);
  });

  // What is left is looked up in /proc.
  test.skipIf(process.platform !== "linux").each([
    ["during init", {}, "init", "registered"],
    ["during an invocation", { sleepSeconds: 600 }, "", "in the function"],
  ])("ended by Ctrl-C %s: exit status 130, nothing left running", async (_, event, hang, sign) => {
    const { child, ended, written } = await start(event, [], hang);
    await expect.poll(() => written.stderr).toContain(sign);
    expect(await processesLeft(mark)).not.toEqual([]);
    child.kill("SIGINT");
    expect((await ended).status).toBe(130);
    await expect.poll(() => processesLeft(mark)).toEqual([]);
  });
});
