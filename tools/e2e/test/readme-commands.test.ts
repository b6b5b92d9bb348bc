import { readFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { describe, expect, inject, test } from "vitest";
import { copyExample } from "../src/example-project.ts";
import { examples, imageExample } from "../src/examples.ts";
import { repository } from "../src/package-tarballs.ts";
import { findFreePort } from "../src/ports.ts";
import { pnpmPackage, runChecked } from "../src/run-command.ts";
import { findShellBlocks } from "../src/shell-blocks.ts";
import type { ShellBlock } from "../src/shell-blocks.ts";
import { runSession } from "../src/shell-session.ts";
import type { SessionCommand } from "../src/shell-session.ts";
import { lacksPythonTools } from "./needs.ts";
import { notRun } from "./readme-not-run.ts";

const run = inject("run");
const names = [...examples.map(({ name }) => name), imageExample];
const readmes = [".", ...names.map((name) => `examples/${name}`)];

/** Commands that run until they are stopped: "in one terminal". */
const server = /^(?:moto_server --port|python3 receiver\.py) (\d+)$/;

/** The function's answer, in the spelling of Python or of Node. */
const answered = /"statusCode": ?200/;

function blocksOf(readme: string, folder = join(repository, readme)): readonly ShellBlock[] {
  return findShellBlocks(readFileSync(join(folder, "README.md"), "utf8"));
}

/** What is run of a README, as it is in `folder`: one session for each of its sections. */
function sessionsOf(readme: string, folder: string): readonly SessionCommand[][] {
  const skipped = notRun.filter((entry) => entry.readme === readme);
  const isRun = (command: string, block: ShellBlock): boolean =>
    !skipped.some(
      (entry) => entry.command === command || (entry.extent === "block" && block.commands.includes(entry.command)),
    );
  const toStep = (command: string): SessionCommand => {
    const [, port] = server.exec(command) ?? [];
    return port === undefined ? { kind: "run", command } : { kind: "server", command, port: Number(port) };
  };
  const blocks = blocksOf(readme, folder);
  return [...new Set(blocks.map(({ section }) => section))].map((section) =>
    blocks
      .filter((block) => block.section === section)
      .flatMap((block) => block.commands.filter((command) => isRun(command, block)).map(toStep)),
  );
}

/** Puts free ports in the place of those that an example names, as a reader does whose ports are taken. */
async function changePorts(folder: string): Promise<void> {
  const free = new Map([
    ["4566", await findFreePort()],
    ["8088", await findFreePort()],
  ]);
  for (const name of ["README.md", "template.yaml"]) {
    const text = readFileSync(join(folder, name), "utf8");
    await writeFile(
      join(folder, name),
      text.replaceAll(/\b(4566|8088)\b/g, (port) => String(free.get(port))),
    );
  }
}

/** A folder on PATH with a `pnpm`, as somebody who works on the repository has it. */
async function makePnpm(): Promise<string> {
  const folder = join(run.folder, "pnpm bin");
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "pnpm"), `#!/bin/sh\nexec npx --yes ${pnpmPackage} "$@"\n`, { mode: 0o755 });
  return folder;
}

test("the list of commands that are not run names commands of the READMEs", () => {
  const missing = notRun.filter(
    ({ readme, command }) => !blocksOf(readme).some(({ commands }) => commands.includes(command)),
  );
  expect(missing).toEqual([]);
});

describe.skipIf(lacksPythonTools)("the commands of the README", () => {
  test("work in a fresh clone whose path has a space", { timeout: 600_000 }, async () => {
    const clone = join(run.folder, "fresh clone");
    await runChecked({ file: "git", args: ["clone", "--quiet", repository, clone], env: run.environment });
    const env = { ...run.environment, PATH: [await makePnpm(), run.environment["PATH"]].join(delimiter) };
    await writeFile(join(clone, ".changeset/a-change.md"), '---\n"@lambda-extension/core": minor\n---\n\nA change.\n');
    const outputs: string[] = [];
    for (const session of sessionsOf(".", clone)) outputs.push(await runSession(session, { cwd: clone, env }));
    expect(outputs.join("\n")).toContain("[hello-extension] Received SHUTDOWN event. Exiting.");
    // `pnpm version-packages`: what bundles core has new bytes, so a new version.
    const versionOf = (folder: string) => JSON.parse(readFileSync(join(clone, folder, "package.json"), "utf8")).version;
    const before = JSON.parse(readFileSync(join(repository, "packages/logger/package.json"), "utf8")).version;
    expect(versionOf("packages/core")).toMatch(/\.0$/);
    expect(versionOf("packages/logger")).not.toBe(before);
  });

  test.each(names)("of %s work in a copy of its folder alone", async (name) => {
    const cwd = join(run.folder, "read", name);
    await copyExample(name, cwd);
    await changePorts(cwd);
    for (const session of sessionsOf(`examples/${name}`, cwd)) {
      const output = await runSession(session, { cwd, env: run.environment });
      expect(answered.test(output)).toBe(session.some(({ command }) => command.includes("emulator invoke")));
    }
  });
});

test("every README has commands", () => {
  expect(readmes.filter((readme) => blocksOf(readme).length === 0)).toEqual([]);
});
