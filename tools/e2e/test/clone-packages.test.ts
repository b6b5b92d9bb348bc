import { existsSync, readFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { expect, inject, onTestFinished, test } from "vitest";
import { installNode } from "../src/install-node.ts";
import { startPackageRegistry } from "../src/package-registry.ts";
import { toSessions } from "../src/readme-sessions.ts";
import { copyRepository } from "../src/scratch-repository.ts";
import { findShellBlocks } from "../src/shell-blocks.ts";
import { runSession } from "../src/shell-session.ts";
import { makeUserEnvironment } from "../src/user-environment.ts";

const run = inject("run");

/** The oldest Node.js: it does not run the TypeScript that the packages export in a clone. */
async function oldestNode(): Promise<string> {
  const isThere = process.platform === "linux" && process.arch === "x64";
  return dirname(isThere ? await installNode("20.20.2") : process.execPath);
}

test("the commands of CONTRIBUTING.md give a project the packages of a clone", async () => {
  const folder = join(run.folder, "with a clone");
  const clone = join(folder, "lambda-extension");
  await mkdir(join(folder, "user"), { recursive: true });
  // As npm before the first release: it has no package of ours.
  const registry = await startPackageRegistry([]);
  onTestFinished(() => registry.close());
  const user = await makeUserEnvironment(join(folder, "user"), registry.url);
  const env = { ...user, PATH: [await oldestNode(), user["PATH"]].join(delimiter) };
  await copyRepository(clone, env);
  const sections = readFileSync(join(clone, "CONTRIBUTING.md"), "utf8")
    .split("## Your clone's packages in a project\n")[1]
    ?.split("\n## ")[0];
  const sessions = toSessions(findShellBlocks(sections ?? ""));
  expect(sessions).toHaveLength(2);
  const outputs: string[] = [];
  for (const session of sessions) outputs.push(await runSession(session, { cwd: folder, env }));
  expect(outputs[0]).toContain('{"greeting":"hello, Lambda"}');
  expect(outputs[0]).toMatch(/^(#|ℹ) pass 1$/m);
  expect(outputs[1]).toContain("[hello-extension] Received SHUTDOWN event. Exiting.");
  // What the scaffold's package.json names for editors.
  const project = join(folder, "my-extension");
  const { $schema } = JSON.parse(readFileSync(join(project, "package.json"), "utf8")) as { readonly $schema: string };
  expect(existsSync(join(project, $schema))).toBe(true);
});
