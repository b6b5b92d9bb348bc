import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { makeTestFolder, writeProgram } from "../test/fake-program.ts";
import { ensureEnvironment, findPython, projectEnvironment, readEnvironmentState } from "./virtual-environment.ts";
import type { EnvironmentPlace } from "./virtual-environment.ts";

function makePlace(requirements: string): EnvironmentPlace {
  const root = makeTestFolder();
  const place = {
    folder: join(root, ".venv"),
    requirements: join(root, "requirements.txt"),
    lock: join(root, "locks/venv.lock"),
  };
  writeFileSync(place.requirements, requirements);
  return place;
}

test("makes one environment when two ask at once", { timeout: 120_000 }, async () => {
  const place = makePlace("# nothing\n");
  const bins = await Promise.all([ensureEnvironment(place), ensureEnvironment(place)]);
  expect(bins).toEqual([join(place.folder, "bin"), join(place.folder, "bin")]);
  expect(await readEnvironmentState(place)).toBe("current");
  const made = statSync(join(place.folder, "pyvenv.cfg")).ino;
  await ensureEnvironment(place);
  expect(statSync(join(place.folder, "pyvenv.cfg")).ino).toBe(made);
});

/** A package with a script of which pip changes only the first line, as in awscli and aws-sam-cli-local. */
const wheelOfScript = `
import sys, zipfile
with zipfile.ZipFile(sys.argv[1], "w") as wheel:
    script = zipfile.ZipInfo("tool-1.0.data/scripts/tool")
    script.external_attr = 0o100755 << 16
    wheel.writestr(script, "#!python\\nimport sys\\nprint(sys.prefix, sys.argv[1:])\\n")
    wheel.writestr("tool-1.0.dist-info/METADATA", "Metadata-Version: 2.1\\nName: tool\\nVersion: 1.0\\n")
    wheel.writestr("tool-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
    wheel.writestr("tool-1.0.dist-info/RECORD", "")
`;

test("has scripts that run, also if its path has a space", { timeout: 120_000 }, async () => {
  const place = makePlace("");
  const wheel = join(dirname(place.folder), "tool-1.0-py3-none-any.whl");
  execFileSync("python3", ["-c", wheelOfScript, wheel]);
  writeFileSync(place.requirements, `tool @ ${pathToFileURL(wheel).href}\n`);
  const bin = await ensureEnvironment(place);
  expect(execFileSync(join(bin, "tool"), ["a b"], { encoding: "utf8" })).toBe(`${place.folder} ['a b']\n`);
});

test("leaves no stamp if pip fails", { timeout: 120_000 }, async () => {
  const place = makePlace("--no-index\nno-such-package==1.0.0\n");
  await expect(ensureEnvironment(place)).rejects.toMatchObject({ name: "SetupError", problem: "install" });
  expect(existsSync(join(place.folder, "stamp"))).toBe(false);
  expect(await readEnvironmentState(place)).toBe("outdated");
});

test("pins every package of the project's environment to one version", () => {
  const lines = readFileSync(projectEnvironment.requirements, "utf8").split("\n");
  const packages = lines.filter((line) => line !== "" && !line.startsWith("#"));
  expect(packages.filter((line) => !/^[a-z0-9-]+(\[[a-z,]+\])?==\S+( ; .+)?$/.test(line))).toEqual([]);
  expect(packages).toContain("aws-sam-cli==1.170.0");
});

test("takes the first Python that is new enough and has venv", async () => {
  const folder = makeTestFolder();
  writeProgram(join(folder, "python3"), "echo 3 9");
  const wanted = writeProgram(join(folder, "python3.12"), "echo 3 12");
  writeProgram(join(folder, "python3.11"), "echo 3 11");
  expect(await findPython(folder)).toBe(wanted);
});

test("says what each Python lacks, and how to install one", async () => {
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

test("says that PATH has no Python", async () => {
  await expect(findPython(makeTestFolder())).rejects.toThrow("No Python was found on PATH.");
});

test("finds the Python of this machine", async () => {
  expect(await findPython(process.env["PATH"])).toMatch(/python/);
});
