import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { createFakeHost } from "../../test/fake-host.ts";
import { runOn } from "../../test/fake-project.ts";

const run = (words: readonly string[]) => runOn(words, createFakeHost("/"));

describe("lambda-emulator", () => {
  test("tells its version", async () => {
    expect((await run(["--version"])).written.stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  test.each(["invoke", "start-lambda", "dev"])(
    "%s --help names every option that the README names",
    async (command) => {
      const readme = await readFile(join(import.meta.dirname, "../../README.md"), "utf8");
      const section = readme.split(`### \`${command}\``)[1]?.split("\n#")[0] ?? "";
      const shared = readme.split("### All")[1]?.split("\n#")[0] ?? "";
      const documented = [...`${section}${shared}`.matchAll(/^\| `(?:-\w, )?(--[\w-]+)/gm)].map((match) => match[1]);
      const help = (await run([command, "--help"])).written.stdout;
      const offered = [...help.matchAll(/^ {2}(?:-\w, | {4})(--[\w-]+)/gm)].map((match) => match[1]);
      expect(new Set(documented)).toEqual(new Set(offered));
    },
  );

  test.each(["invoke", "start-lambda", "dev", "conformance"])(
    "%s --help has examples whose options it has, and fits 100 columns",
    async (command) => {
      const help = (await run([command, "--help"])).written.stdout;
      const [options = "", examples = ""] = help.split("Examples:");
      const own = examples.split("\n").filter((line) => line.includes(`lambda-emulator ${command} `));
      expect(own.length).toBeGreaterThan(0);
      for (const [option] of own.join("\n").matchAll(/--[\w-]+/g)) expect(options).toContain(` ${option}`);
      expect(help.split("\n").filter((line) => line.length > 100)).toEqual([]);
      expect(help).toContain("Exit status:");
    },
  );

  test("help of a command is what its --help prints", async () => {
    expect((await run(["help", "dev"])).written.stdout).toBe((await run(["dev", "--help"])).written.stdout);
    expect((await run(["help", "invok"])).written.stderr).toContain('did you mean "invoke"?');
  });

  test("an unknown command: names the nearest command", async () => {
    const host = await run(["invok"]);
    expect(host.status).toBe(2);
    expect(host.written.stderr).toContain('did you mean "invoke"?');
  });

  test("without a command: prints its usage as an error", async () => {
    const host = await run([]);
    expect([host.status, host.written.stdout]).toEqual([2, ""]);
    expect(host.written.stderr).toContain("lambda-emulator invoke [FUNCTION]");
  });

  test("help: prints its usage as the answer", async () => {
    const host = await run(["--help"]);
    expect([host.status, host.written.stderr]).toEqual([0, ""]);
    expect(host.written.stdout).toContain("lambda-emulator start-lambda");
  });
});
