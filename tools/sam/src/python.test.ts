import { join } from "node:path";
import { expect, test } from "vitest";
import { makeTestFolder, writeProgram } from "../test/fake-program.ts";
import { findPython } from "./python.ts";

test("takes the first Python that is new enough and has venv", async () => {
  const folder = makeTestFolder();
  writeProgram(join(folder, "python3"), "echo 3 9");
  const wanted = writeProgram(join(folder, "python3.12"), "echo 3 12");
  writeProgram(join(folder, "python3.11"), "echo 3 11");
  expect(await findPython(folder)).toBe(wanted);
});

test("says of every Python what it lacks, and how to install one", async () => {
  const folder = makeTestFolder();
  const old = writeProgram(join(folder, "python3"), "echo 2 7");
  const bare = writeProgram(join(folder, "python3.11"), "echo 3 11 venv ensurepip");
  const broken = writeProgram(join(folder, "python"), "exit 1");
  const error = await findPython(folder).catch((error: unknown) => error);
  expect(error).toMatchObject({ name: "SetupError", problem: "python" });
  expect(String(error)).toContain(`${old} is Python 2.7.`);
  expect(String(error)).toContain(`${bare} (Python 3.11) lacks the module venv and ensurepip.`);
  expect(String(error)).toContain(`${broken} does not run.`);
  expect(String(error)).toContain("apt-get install python3 python3-venv");
});

test("says that there is none", async () => {
  await expect(findPython(makeTestFolder())).rejects.toThrow("No Python was found on PATH.");
});

test("finds the Python of this machine", async () => {
  expect(await findPython(process.env["PATH"])).toMatch(/python/);
});
