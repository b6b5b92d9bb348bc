import { existsSync, globSync, readFileSync, writeFileSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { startProcess } from "../src/background-process.ts";
import type { BackgroundProcess } from "../src/background-process.ts";
import { copyExample } from "../src/example-project.ts";
import { findExample } from "../src/examples.ts";
import { findFreePort } from "../src/ports.ts";
import { pnpmPackage, runCommand, runOrFail } from "../src/run-command.ts";
import type { CommandResult } from "../src/run-command.ts";
import { runOnOfficial, runOnOurs } from "../src/run-once.ts";
import { commitAll, copyRepository } from "../src/scratch-repository.ts";
import { makeUserEnvironment } from "../src/user-environment.ts";
import { lacksPythonTools } from "./needs.ts";

const run = inject("run");
const published = ["core", "logger", "cache-warmer", "emulator", "build-layer"].map(
  (name) => `@lambda-extension/${name}`,
);

/** Each test needs the result of the test before it. */
describe.skipIf(lacksPythonTools)("a release to a registry of npm packages", () => {
  const folder = join(run.folder, "release");
  const repository = join(folder, "repository");
  const project = join(folder, "newcomer");
  const example = findExample("hello");
  let registry: BackgroundProcess;
  let url: string;
  let user: NodeJS.ProcessEnv;
  let maintainer: NodeJS.ProcessEnv;

  beforeAll(async () => {
    await mkdir(join(folder, "user"), { recursive: true });
    await mkdir(join(folder, "maintainer"));
    const port = await findFreePort();
    url = `http://127.0.0.1:${port}/`;
    registry = await startVerdaccio(folder, port);
    user = await makeUserEnvironment(join(folder, "user"), url);
    maintainer = await makeUserEnvironment(join(folder, "maintainer"), url);
    const npmrc = maintainer["npm_config_userconfig"] ?? "";
    writeFileSync(npmrc, `${readFileSync(npmrc, "utf8")}//127.0.0.1:${port}/:_authToken=${await makeAccount(url)}\n`);
    await copyRepository(repository, maintainer);
    // The tests write a changeset of their own; changesets that wait in the repository would change the result.
    for (const name of globSync(".changeset/*.md", { cwd: repository })) {
      if (!name.endsWith("README.md")) await rm(join(repository, name));
    }
  });
  afterAll(() => registry.close());

  const pnpm = (...args: readonly string[]): Promise<CommandResult> =>
    runCommand({ file: "npx", args: ["--yes", pnpmPackage, ...args], cwd: repository, env: maintainer });
  const inProject = (file: string, ...args: readonly string[]): Promise<string> =>
    runOrFail({ file, args, cwd: project, env: user });
  const readManifest = (path: string): { version: string; dependencies: Record<string, string> } =>
    JSON.parse(readFileSync(join(path, "package.json"), "utf8"));
  const versionsOf = async (name: string): Promise<readonly string[]> =>
    Object.keys(((await (await fetch(url + name)).json()) as { versions?: object }).versions ?? {});
  const tags = async (): Promise<readonly string[]> =>
    (await runOrFail({ file: "git", args: ["tag"], cwd: repository })).trim().split("\n");

  test("is refused without an account, with nothing published", async () => {
    const { status, output } = await runCommand({
      file: "npx",
      args: ["--yes", pnpmPackage, "release"],
      cwd: repository,
      env: user,
    });
    expect({ status, output }).toMatchObject({
      status: 1,
      output: expect.stringContaining("Some packages failed to publish"),
    });
    expect(await versionsOf("@lambda-extension/core")).toEqual([]);
    expect(await tags()).toEqual([""]);
  });

  test("publishes every package with its present version, and tags it", async () => {
    const { status, output } = await pnpm("release");
    expect({ status, output }).toMatchObject({ status: 0 });
    const names = await Promise.all(
      published.map(async (name) => (await versionsOf(name)).map((version) => `${name}@${version}`)),
    );
    expect((await tags()).toSorted()).toEqual(names.flat().toSorted());
    expect(names.map((versions) => versions.length)).toEqual([1, 1, 1, 1, 1]);
  });

  test("publishes nothing twice, and adds a tag that an interrupted release did not make", async () => {
    await runOrFail({ file: "git", args: ["tag", "--delete", (await tags())[0] ?? ""], cwd: repository });
    expect(await tags()).toHaveLength(4);
    const { status, output } = await pnpm("release");
    expect({ status, output }).toMatchObject({ status: 0 });
    expect(output).not.toContain("Successfully published");
    expect(await tags()).toHaveLength(5);
  });

  test("gives a new user packages whose example builds, and runs on both emulators", async () => {
    await copyExample("hello", project);
    await inProject("npm", "install", "--prefix", "layer");
    await inProject("npm", "run", "typecheck", "--prefix", "layer");
    await inProject("sam", "build");
    for (const runOn of [runOnOfficial, runOnOurs]) {
      const { lines } = await runOn({ example, project, event: {} });
      expect(lines).toContain("[hello-extension] Received SHUTDOWN event. Exiting.");
    }
  });

  test("raises the version of core and of every bundle with core after a changeset, and updates every range and the lockfile", async () => {
    const before = readManifest(join(repository, "packages/core")).version;
    const main = join(repository, "packages/core/src/index.ts");
    await writeFile(
      main,
      `${readFileSync(main, "utf8")}globalThis.process.stderr.write("core of the second release\\n");\n`,
    );
    await writeFile(
      join(repository, ".changeset/second-release.md"),
      '---\n"@lambda-extension/core": minor\n---\n\nSays that it is new.\n',
    );
    const { status, output } = await pnpm("version-packages");
    expect({ status, output }).toMatchObject({ status: 0 });

    const core = readManifest(join(repository, "packages/core")).version;
    expect(core).toBe(before.replace(/\.(\d+)\.\d+$/, (_, minor: string) => `.${Number(minor) + 1}.0`));
    for (const name of ["logger", "cache-warmer"]) {
      expect(await versionsOf(`@lambda-extension/${name}`)).not.toContain(
        readManifest(join(repository, "packages", name)).version,
      );
      expect(readFileSync(join(repository, "packages", name, "CHANGELOG.md"), "utf8")).toContain(
        `@lambda-extension/core@${core}`,
      );
    }
    for (const name of ["emulator", "../tools/build-layer"]) {
      expect(await versionsOf(`@lambda-extension/${name.replace(/.*\//, "")}`)).toContain(
        readManifest(join(repository, "packages", name)).version,
      );
    }
    expect(readFileSync(join(repository, "packages/core/CHANGELOG.md"), "utf8")).toContain("Says that it is new.");
    expect(readManifest(join(repository, "examples/hello/layer")).dependencies["@lambda-extension/core"]).toBe(
      `^${core}`,
    );
    expect(readFileSync(join(repository, "docs/layers.md"), "utf8")).toContain(`"@lambda-extension/core": "^${core}"`);
    expect(existsSync(join(repository, ".changeset/second-release.md"))).toBe(false);

    const install = await pnpm("install", "--frozen-lockfile", "--prefer-offline");
    expect(install).toMatchObject({ status: 0 });
    // The example still links the workspace's core, not the registry's.
    expect(readManifest(join(repository, "examples/hello/layer/node_modules/@lambda-extension/core")).version).toBe(
      core,
    );
    await commitAll(repository, "Version packages", maintainer);
  });

  test("publishes only the packages with a new version", async () => {
    expect(await pnpm("release")).toMatchObject({ status: 0 });
    const counts = await Promise.all(published.map(async (name) => (await versionsOf(name)).length));
    expect(Object.fromEntries(published.map((name, index) => [name, counts[index]]))).toEqual({
      "@lambda-extension/core": 2,
      "@lambda-extension/logger": 2,
      "@lambda-extension/cache-warmer": 2,
      "@lambda-extension/emulator": 1,
      "@lambda-extension/build-layer": 1,
    });
    expect(await tags()).toHaveLength(8);
  });

  test("reaches the new user with an upgrade of one package, and their next build contains it", async () => {
    const bundle = join(project, ".aws-sam/build/HelloExtensionLayer/hello-extension/index.cjs");
    expect(readFileSync(bundle, "utf8")).not.toContain("core of the second release");
    await inProject("npm", "install", "--prefix", "layer", "@lambda-extension/core@latest");
    await inProject("sam", "build");
    expect(readFileSync(bundle, "utf8")).toContain("core of the second release");
    const { lines } = await runOnOurs({ example, project, event: {} });
    expect(lines.join("\n")).toContain("core of the second release");
    expect(lines).toContain("[hello-extension] Received SHUTDOWN event. Exiting.");
  });

  test("makes no version without a changeset, and says so", async () => {
    const { status, output } = await pnpm("version-packages");
    expect({ status, output }).toMatchObject({
      status: 1,
      output: expect.stringContaining("No unreleased changesets found"),
    });
  });
});

/** Starts an empty registry that does not ask other registries. Every account may publish. */
async function startVerdaccio(folder: string, port: number): Promise<BackgroundProcess> {
  const config = join(folder, "verdaccio.yaml");
  await writeFile(
    config,
    `storage: ${JSON.stringify(join(folder, "storage"))}
auth: { htpasswd: { file: ${JSON.stringify(join(folder, "htpasswd"))} } }
packages: { "@lambda-extension/*": { access: $all, publish: $authenticated } }
log: { type: stdout, format: json, level: warn }
`,
  );
  const manifest = createRequire(import.meta.url).resolve("verdaccio/package.json");
  const args = [join(manifest, "../bin/verdaccio"), "--config", config, "--listen", `127.0.0.1:${port}`];
  const registry = await startProcess({ file: process.execPath, args });
  await registry.waitForLine(/http address/);
  return registry;
}

/** Makes an account. Returns its token. */
async function makeAccount(url: string): Promise<string> {
  const account = { name: "maintainer", password: "a password of a test" };
  const answer = await fetch(`${url}-/user/org.couchdb.user:${account.name}`, {
    method: "PUT",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(account),
  });
  return ((await answer.json()) as { token: string }).token;
}
