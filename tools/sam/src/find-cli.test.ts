import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { makeTestFolder, writeProgram } from "../test/fake-program.ts";
import { findCli } from "./find-cli.ts";
import type { CliName, FoundCli } from "./find-cli.ts";
import type { EnvironmentPlace } from "./virtual-environment.ts";

/**
 * A project whose `python3` answers the probe and stands in for the installer: arguments are
 * (script, folder, requirements, lock, stamp); it makes `bin/python`, `bin/sam` and the stamp, and counts its runs.
 */
function makeProject(installerStatus = 0): { place: EnvironmentPlace; bin: string; installs: () => number } {
  const root = makeTestFolder();
  const bin = join(root, "bin on path");
  const log = join(root, "installs");
  writeFileSync(join(root, "requirements.txt"), "aws-sam-cli==1.0.0\n");
  writeProgram(
    join(bin, "python3"),
    `if [ "$1" = -c ]; then echo 3 12; exit; fi
echo run >> '${log}'
[ ${installerStatus} = 0 ] || exit ${installerStatus}
mkdir -p "$2/bin"; touch "$2/bin/python" "$2/bin/sam"; printf %s "$5" > "$2/stamp"`,
  );
  return {
    place: { folder: join(root, ".venv"), requirements: join(root, "requirements.txt"), lock: join(root, "lock") },
    bin,
    installs: () => (existsSync(log) ? readFileSync(log, "utf8").split("\n").length - 1 : 0),
  };
}

interface Project {
  readonly place: EnvironmentPlace;
  readonly bin: string;
}

function findAs(name: CliName, { place, bin }: Project, messages: string[] = []): Promise<FoundCli> {
  // The fakes are bash scripts that use the machine's own tools.
  return findCli(name, { place, path: `${bin}:/usr/bin:/bin`, report: (message) => messages.push(message) });
}

async function find(project: Project, messages: string[] = []): Promise<string> {
  return (await findAs("sam", project, messages)).file;
}

test("makes the environment on first use, reports it, and uses it from then on", async () => {
  const project = makeProject();
  const messages: string[] = [];
  expect(await find(project, messages)).toBe(join(project.place.folder, "bin/sam"));
  expect(messages.join()).toContain("Installing");
  expect(await find(project, messages)).toBe(join(project.place.folder, "bin/sam"));
  expect(messages).toHaveLength(1);
  expect(project.installs()).toBe(1);
});

test("takes the tool on PATH if the project has no environment, and reports it", async () => {
  const project = makeProject();
  const onPath = writeProgram(join(project.bin, "sam"), "");
  const messages: string[] = [];
  expect(await find(project, messages)).toBe(onPath);
  expect(messages).toEqual([`sam: ${onPath}, from PATH`]);
  expect(project.installs()).toBe(0);
});

test("prefers the project's environment to the tool on PATH", async () => {
  const project = makeProject();
  await find(project);
  writeProgram(join(project.bin, "sam"), "");
  expect(await find(project)).toBe(join(project.place.folder, "bin/sam"));
});

test("makes the environment again when the requirements change, its Python is gone, or an install was cut short", async () => {
  const project = makeProject();
  await find(project);
  writeFileSync(project.place.requirements, "aws-sam-cli==2.0.0\n");
  await find(project);
  expect(project.installs()).toBe(2);
  rmSync(join(project.place.folder, "bin/python"));
  await find(project);
  expect(project.installs()).toBe(3);
  rmSync(join(project.place.folder, "stamp"));
  await find(project);
  expect(project.installs()).toBe(4);
});

test("takes `lstk sam` for samlocal if lstk is on PATH, with the project's SAM, and reports it", async () => {
  const project = makeProject();
  const sam = await find(project);
  const samlocal = await findAs("samlocal", project);
  expect(samlocal).toEqual({ file: join(project.place.folder, "bin/samlocal"), args: [], env: {} });
  const lstk = writeProgram(join(project.bin, "lstk"), "");
  const messages: string[] = [];
  expect(await findAs("samlocal", project, messages)).toEqual({
    file: lstk,
    args: ["sam"],
    env: { LSTK_SAM_CMD: sam },
  });
  expect(messages).toEqual([`samlocal: ${lstk} sam, from PATH`]);
  expect(await find(project)).toBe(sam);
});

test("names the package index when pip fails", async () => {
  await expect(find(makeProject(1))).rejects.toMatchObject({
    problem: "install",
    message: expect.stringContaining("PIP_INDEX_URL"),
  });
});

test("knows an interrupted installation from a failed one", async () => {
  await expect(find(makeProject(130))).rejects.toMatchObject({ problem: "interrupted" });
});
