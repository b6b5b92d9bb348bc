import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { makeTestFolder, writeProgram } from "../test/fake-program.ts";

const main = join(import.meta.dirname, "main.ts");

// A stand-in: LocalStack's own `lstk` is in no registry of packages. A `sam` is there too, so that nothing is
// installed; but an environment that is outdated is brought up to date first, which takes a minute.
test(
  "samlocal becomes `lstk sam` where that is on PATH: arguments, folder, SAM and exit status",
  { timeout: 300_000 },
  () => {
    const folder = makeTestFolder();
    const project = join(folder, "a project");
    mkdirSync(project);
    writeProgram(join(folder, "bin/sam"), "exit 1");
    const lstk = writeProgram(
      join(folder, "bin/lstk"),
      `printf '%s\\0' "$PWD" "$LSTK_SAM_CMD" "$@" > '${folder}/seen'; exit 42`,
    );
    const args = ["deploy", "--guided", "--parameter-overrides", "A=1 2", "--debug"];
    const env = {
      ...process.env,
      PATH: `${join(folder, "bin")}:${process.env["PATH"]}`,
      npm_lifecycle_event: "samlocal",
      INIT_CWD: project,
    };
    const { status, stderr } = spawnSync(process.execPath, [main, "samlocal", ...args], {
      env,
      cwd: folder,
      encoding: "utf8",
    });
    expect({ status, stderr }).toMatchObject({
      status: 42,
      stderr: expect.stringContaining(`samlocal: ${lstk} sam, from PATH`),
    });
    const [cwd, sam, ...seen] = readFileSync(join(folder, "seen"), "utf8").split("\0");
    expect([cwd, ...seen]).toEqual([project, "sam", ...args, ""]);
    expect(sam).toMatch(/\/bin\/sam$/);
  },
);

test("says how it is used where it is called as nothing it knows", () => {
  const { status, stderr } = spawnSync(process.execPath, [main, "terraform"], { encoding: "utf8" });
  expect({ status, stderr }).toMatchObject({ status: 2, stderr: expect.stringContaining("Usage: ") });
});
