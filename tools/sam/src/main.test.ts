import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { makeTestFolder, writeProgram } from "../test/fake-program.ts";

const main = join(import.meta.dirname, "main.ts");

// A stand-in: no registry of packages has LocalStack's own `lstk`. The test puts a `sam` on PATH too, so that nothing
// is installed; but an outdated environment is brought up to date first, which takes a minute.
test(
  "samlocal becomes `lstk sam` if lstk is on PATH: arguments, folder, SAM and exit status",
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

test("prints its usage if it does not know the name of the tool", () => {
  const { status, stderr } = spawnSync(process.execPath, [main, "terraform"], { encoding: "utf8" });
  expect({ status, stderr }).toMatchObject({ status: 2, stderr: expect.stringContaining("Usage: ") });
});
