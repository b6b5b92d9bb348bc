import { readFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { describe, expect, inject, test } from "vitest";
import { buildExample } from "../src/example-project.ts";
import { examples, imageExample } from "../src/examples.ts";
import { repository } from "../src/package-tarballs.ts";
import { notRun } from "../src/readme-not-run.ts";
import { exampleSessions, readmeBlocks, readmeSessions } from "../src/readme-sessions.ts";
import { pnpmPackage, runChecked } from "../src/run-command.ts";
import { runSession } from "../src/shell-session.ts";
import { lacksPythonTools } from "./needs.ts";

const run = inject("run");
const names = [...examples.map(({ name }) => name), imageExample];
const readmes = [".", ...names.map((name) => `examples/${name}`)];

/** The function's answer, as Python or as Node writes it. */
const answered = /"statusCode": ?200/;

/** Makes a folder for PATH with the `pnpm` that a developer of this repository has. */
async function makePnpm(): Promise<string> {
  const folder = join(run.folder, "pnpm bin");
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "pnpm"), `#!/bin/sh\nexec npx --yes ${pnpmPackage} "$@"\n`, { mode: 0o755 });
  return folder;
}

test("each command in the list of commands that are not run is in a README", () => {
  const missing = notRun.filter(
    ({ readme, command }) => !readmeBlocks(join(repository, readme)).some(({ commands }) => commands.includes(command)),
  );
  expect(missing).toEqual([]);
});

describe.skipIf(lacksPythonTools)("the commands of the README", () => {
  test("work in a new clone whose path has a space", { timeout: 600_000 }, async () => {
    const clone = join(run.folder, "fresh clone");
    await runChecked({ file: "git", args: ["clone", "--quiet", repository, clone], env: run.environment });
    const env = { ...run.environment, PATH: [await makePnpm(), run.environment["PATH"]].join(delimiter) };
    await writeFile(join(clone, ".changeset/a-change.md"), '---\n"@lambda-extension/core": minor\n---\n\nA change.\n');
    const outputs: string[] = [];
    for (const session of readmeSessions(".", clone)) outputs.push(await runSession(session, { cwd: clone, env }));
    expect(outputs.join("\n")).toContain("[hello-extension] Received SHUTDOWN event. Exiting.");
    // After `pnpm version-packages`: the logger's bundle contains core, so the logger has a new version too.
    const versionOf = (folder: string) => JSON.parse(readFileSync(join(clone, folder, "package.json"), "utf8")).version;
    const before = JSON.parse(readFileSync(join(repository, "packages/logger/package.json"), "utf8")).version;
    expect(versionOf("packages/core")).toMatch(/\.0$/);
    expect(versionOf("packages/logger")).not.toBe(before);
    expect(readFileSync(join(clone, "README.md"), "utf8")).not.toContain("Not on npm yet");
  });

  test.each(names)("of %s work in a copy of only its folder", async (name) => {
    const cwd = await buildExample({ name }, run);
    for (const session of exampleSessions(name, cwd).run) {
      const output = await runSession(session, { cwd, env: run.environment });
      expect(answered.test(output)).toBe(session.some(({ command }) => command.includes("emulator invoke")));
    }
  });
});

test("every README has commands", () => {
  expect(readmes.filter((readme) => readmeBlocks(join(repository, readme)).length === 0)).toEqual([]);
});
