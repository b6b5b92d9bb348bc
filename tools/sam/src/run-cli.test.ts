import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, realpathSync, watch, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { makeTestFolder, writeProgram } from "../test/fake-program.ts";
import { runCli } from "./run-cli.ts";

test("passes every argument on untouched, and the folder and the environment", async () => {
  const folder = makeTestFolder();
  const file = writeProgram(join(folder, "a cli"), `printf '%s\\0' "$PWD" "$MARK" "$@" > '${folder}/seen'`);
  const run = async (args: readonly string[]): Promise<void> => {
    await runCli({ file, args, cwd: folder, env: { ...process.env, MARK: "ü" } });
    expect(readFileSync(join(folder, "seen"), "utf8").split("\0")).toEqual([realpathSync(folder), "ü", ...args, ""]);
  };
  await run(["deploy", "--guided", "", "a b", "$HOME", "'\"`\\", "--", "-x=*", "two\nlines", "!1", "~"]);
  const argument = fc.string({ unit: "grapheme" }).filter((text) => !text.includes("\0"));
  await fc.assert(fc.asyncProperty(fc.array(argument, { maxLength: 4 }), run), { numRuns: 25 });
});

test("returns the tool's exit status, or 128 + signal if a signal ended it", async () => {
  const folder = makeTestFolder();
  const file = writeProgram(join(folder, "cli"), `[ "$1" = kill ] && kill -KILL $$; exit $1`);
  const run = (arg: string) => runCli({ file, args: [arg], cwd: folder, env: process.env });
  expect(await run("0")).toBe(0);
  expect(await run("42")).toBe(42);
  expect(await run("kill")).toBe(137);
});

test.each(["SIGINT", "SIGTERM"] as const)("passes %s on and waits for the tool's own end", async (signal) => {
  const folder = makeTestFolder();
  const ready = join(folder, "ready");
  writeProgram(join(folder, "cli"), `trap 'exit 7' INT TERM; touch '${ready}'; while true; do read -t 1 <> <(:); done`);
  const script = join(folder, "wrapper.ts");
  writeFileSync(
    script,
    `import { runCli } from ${JSON.stringify(join(import.meta.dirname, "run-cli.ts"))};
     process.exitCode = await runCli({ file: "./cli", args: [], cwd: ${JSON.stringify(folder)}, env: process.env });`,
  );
  const wrapper: ChildProcess = spawn(process.execPath, [script], {
    stdio: ["ignore", "inherit", "inherit"],
    detached: true,
  });
  onTestFinished(() => endGroup(wrapper));
  await appearance(folder, ready);
  wrapper.kill(signal);
  expect(await once(wrapper, "exit")).toEqual([7, null]);
});

/** Ends the wrapper, and the processes that it left running. */
function endGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, "SIGKILL");
  } catch {
    // Nothing was left.
  }
}

/** Resolves when the file is there. */
async function appearance(folder: string, file: string): Promise<void> {
  const watcher = watch(folder);
  try {
    while (!existsSync(file)) await once(watcher, "change");
  } finally {
    watcher.close();
  }
}
