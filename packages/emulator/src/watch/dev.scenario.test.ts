import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { randomUUID } from "node:crypto";
import { appendFile, cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { processesLeft } from "../../test/processes-left.ts";

/** The command as it is installed, on a copy of a project whose extension is written in bash. */
const bin = join(import.meta.dirname, "../../bin/lambda-emulator.js");
const projectFolder = join(import.meta.dirname, "../../test/projects/bash-extension");

let folder: string;
let mark: string;
let child: ChildProcess;
let ended: Promise<number | null>;
let written: { stdout: string; stderr: string };
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "emulator dev "));
  mark = `mark-${randomUUID()}`;
  await cp(projectFolder, folder, { recursive: true });
  await writeFile(join(folder, "env.json"), JSON.stringify({ Parameters: { MARK: mark } }));
  written = { stdout: "", stderr: "" };
  child = spawn(process.execPath, [bin, "dev", "--env-vars", "env.json"], { cwd: folder, stdio: "pipe" });
  child.stdout?.setEncoding("utf8").on("data", (text: string) => (written.stdout += text));
  child.stderr?.setEncoding("utf8").on("data", (text: string) => (written.stderr += text));
  ended = new Promise((resolve) => child.on("close", resolve));
});
afterEach(async () => {
  child.kill("SIGKILL");
  await ended;
  await rm(folder, { recursive: true });
});

const answers = (): readonly unknown[] =>
  written.stdout
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line) as unknown);
async function replace(file: string, before: string, after: string): Promise<void> {
  const path = join(folder, file);
  await writeFile(path, (await readFile(path, "utf8")).replace(before, after));
}

describe.skipIf(process.platform !== "linux")("lambda-emulator dev", () => {
  test(
    "answers anew after edits of the function, the layer and the template; keeps going over a broken build",
    { timeout: 90_000 },
    async () => {
      await expect.poll(answers).toEqual([{ event: {} }]);

      await replace("function/app.py", '"event": event', '"event": "edited"');
      await expect.poll(answers).toHaveLength(2);
      expect(answers()[1]).toEqual({ event: "edited" });
      expect(written.stderr).toContain("[bash-extension] bye");

      await replace("layer/bash-extension", "registered", "registered anew");
      await expect.poll(() => written.stderr).toContain("registered anew");
      await expect.poll(answers).toHaveLength(3);

      await replace("layer/Makefile", "install ", "no-such-program ");
      await expect.poll(() => written.stderr).toContain("The last environment is kept");
      expect(written.stderr).toContain("no-such-program");
      child.stdin?.write("\n");
      await expect.poll(answers).toHaveLength(4);
      await replace("layer/Makefile", "no-such-program ", "install ");
      await expect.poll(answers).toHaveLength(5);

      await appendFile(join(folder, "function/app.py"), "\nthis is no Python\n");
      await expect.poll(answers).toHaveLength(6);
      expect(answers()[5]).toMatchObject({ errorType: "Runtime.UserCodeSyntaxError" });

      child.stdin?.write("q\n");
      expect(await ended).toBe(0);
      expect(await processesLeft(mark)).toEqual([]);
    },
  );

  test("ends with 130 after Ctrl-C, and leaves nothing running", { timeout: 60_000 }, async () => {
    await expect.poll(answers).toHaveLength(1);
    expect(await processesLeft(mark)).not.toEqual([]);
    child.kill("SIGINT");
    expect(await ended).toBe(130);
    await expect.poll(() => processesLeft(mark)).toEqual([]);
  });
});
