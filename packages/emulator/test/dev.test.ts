import { mkdir, readdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { runCli } from "../src/cli/run-cli.ts";
import { createFakeEnvironments, createFakeHost } from "./fake-host.ts";
import type { FakeEnvironments, FakeHost } from "./fake-host.ts";
import { createFakeProject, makefileText, templateText } from "./fake-project.ts";
import type { FakeProject } from "./fake-project.ts";

let project: FakeProject;
let environments: FakeEnvironments;
let host: FakeHost;
let stdin: PassThrough;
let ended: Promise<number> | undefined;

beforeEach(async () => {
  project = await createFakeProject();
  environments = createFakeEnvironments((event) => {
    const payload = new TextDecoder().decode(event as Uint8Array);
    return payload.includes("hang") ? new Promise(() => {}) : Promise.resolve({ kind: "response", payload });
  });
  stdin = new PassThrough();
  host = createFakeHost(project.folder, { startEnvironment: environments.start, stdin, nowEpochMs: () => Date.now() });
});
afterEach(async () => {
  host.interrupt();
  await ended;
  await project.close();
});

/** Starts `dev` and waits for its first answer. */
async function start(...words: readonly string[]): Promise<void> {
  ended = runCli(["dev", ...words], host);
  await expect.poll(answers).toHaveLength(1);
}
const answers = (): readonly string[] => host.written.stdout.split("\n").slice(0, -1);
const count = (text: string): number => host.written.stderr.split(text).length - 1;

describe("dev", () => {
  test("after a change of the code: reports the change, sends SHUTDOWN to the old environment, prints the new answer and the time", async () => {
    await start();
    await project.write({ "function/app.py": "changed" });
    await expect.poll(() => host.written.stderr).toMatch(/\d+ ms from the change to the answer/);
    const steps = [
      "Changed: function/app.py",
      "Received SHUTDOWN event",
      "Registering",
      "function line",
      "{}\n",
      "ms from",
    ];
    const second = host.written.both.slice(host.written.both.indexOf("Changed:"));
    const places = steps.map((step) => second.indexOf(step));
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(places).not.toContain(-1);
    expect([environments.started.length, environments.open()]).toEqual([2, 1]);
  });

  test("builds again only what changed, and removes what it built before", async () => {
    await start();
    await project.write({ "function/app.py": "changed" });
    await expect.poll(() => environments.started.length).toBe(2);
    expect(count("Building HelloLayer")).toBe(1);
    await project.write({ "layer/source.ts": "new" });
    await expect.poll(answers).toHaveLength(3);
    expect(count("Building HelloLayer")).toBe(2);
    const [before, , after] = environments.started.map(({ layers }) => layers[0] ?? "");
    await expect(readdir(before ?? "")).rejects.toThrow("ENOENT");
    expect(await readdir(after ?? "")).toEqual(["extensions"]);
  });

  test("a build that fails shows its output and keeps the environment; after a correction it goes on", async () => {
    await start();
    await project.write({ "layer/Makefile": "build-HelloLayer:\n\techo oh no; exit 3\n" });
    await expect.poll(() => host.written.stderr).toContain("The last environment is kept");
    expect(host.written.stderr).toContain("oh no");
    expect([environments.started.length, environments.open()]).toEqual([1, 1]);
    stdin.write("\n");
    await expect.poll(answers).toHaveLength(2);
    await project.write({ "layer/Makefile": `${makefileText}\n` });
    await expect.poll(answers).toHaveLength(3);
    expect(environments.started).toHaveLength(2);
  });

  test("waits for changes if a build fails at the start", async () => {
    await project.write({ "layer/Makefile": "build-HelloLayer:\n\tfalse\n" });
    ended = runCli(["dev"], host);
    await expect.poll(() => host.written.stderr).toContain("Waiting for changes");
    await project.write({ "layer/Makefile": makefileText });
    await expect.poll(answers).toHaveLength(1);
  });

  test("a change during a build: in the end one environment has both changes", async () => {
    await start();
    const go = join(project.folder, "go");
    await project.write({
      "layer/Makefile": `build-HelloLayer:\n\ttouch ../began; until [ -e "${go}" ]; do sleep 0.02; done; touch "$(ARTIFACTS_DIR)/new"\n`,
    });
    await expect.poll(() => readdir(project.folder)).toContain("began");
    await project.write({ "function/app.py": "changed" });
    await project.write({ go: "" });
    await expect.poll(() => count("Changed: function/app.py")).toBe(1);
    await expect.poll(() => answers().length).toBeGreaterThan(1);
    expect(await readdir(environments.started.at(-1)?.layers[0] ?? "")).toEqual(["new"]);
    expect(environments.open()).toBe(1);
  });

  test("takes changes of the template, and keeps the environment while the template cannot be read", async () => {
    await start();
    await project.write({ "template.yaml": templateText.replace("Runtime:", "Timeout: 7\n      Runtime:") });
    await expect.poll(() => environments.started[1]?.function.timeoutSeconds).toBe(7);
    await project.write({ "template.yaml": "Resources:\n  a: b: c\n" });
    await expect.poll(() => host.written.stderr).toContain("error: template.yaml:2:6");
    expect(environments.open()).toBe(1);
    await project.write({ "template.yaml": templateText.replace("Runtime:", "Timeout: 8\n      Runtime:") });
    await expect.poll(() => environments.started[2]?.function.timeoutSeconds).toBe(8);
    expect(count("Building HelloLayer")).toBe(1);
  });

  test("watches the folders that a changed template names", async () => {
    await project.write({ "other/app.py": "" });
    await start();
    await project.write({ "template.yaml": templateText.replace("function/", "other/") });
    await expect.poll(answers).toHaveLength(2);
    await project.write({ "other/app.py": "changed" });
    await expect.poll(answers).toHaveLength(3);
  });

  test("invokes the same environment with a changed event, and reports an event that is not JSON", async () => {
    await project.write({ "event.json": "1" });
    await start("-e", "event.json");
    await project.write({ "event.json": "2" });
    await expect.poll(answers).toEqual(["1", "2"]);
    await project.write({ "event.json": "{no" });
    await expect.poll(() => host.written.stderr).toContain("event.json is not JSON");
    expect(environments.started).toHaveLength(1);
  });

  test("Enter invokes again, r builds and starts anew, q ends with 0", async () => {
    await start();
    stdin.write("\n");
    await expect.poll(answers).toHaveLength(2);
    expect(environments.started).toHaveLength(1);
    stdin.write("r\n");
    await expect.poll(answers).toHaveLength(3);
    expect([environments.started.length, count("Building HelloLayer")]).toEqual([2, 2]);
    stdin.write("x\n");
    await expect.poll(() => count("Enter invokes again")).toBe(2);
    stdin.write("q\n");
    expect(await ended).toBe(0);
    expect(environments.open()).toBe(0);
  });

  test("replaces a function that hangs", async () => {
    await project.write({ "event.json": '"hang"' });
    ended = runCli(["dev", "-e", "event.json"], host);
    await expect.poll(() => environments.events.length).toBe(1);
    await project.write({ "event.json": '"go"', "function/app.py": "changed" });
    await expect.poll(answers).toEqual(['"go"']);
    expect([environments.started.length, environments.open()]).toEqual([2, 1]);
  });

  test("breaks off an init that hangs when the code changes", async () => {
    let attempts = 0;
    const startEnvironment: typeof environments.start = (options) => {
      if (++attempts > 1) return environments.start(options);
      return new Promise((_, reject) =>
        options.signal?.addEventListener("abort", () => reject(new Error("broken off"))),
      );
    };
    host = createFakeHost(project.folder, { startEnvironment, stdin, nowEpochMs: () => Date.now() });
    ended = runCli(["dev"], host);
    await expect.poll(() => attempts).toBe(1);
    await project.write({ "function/app.py": "changed" });
    await expect.poll(answers).toHaveLength(1);
    expect(host.written.stderr).not.toContain("error:");
  });

  test("builds a prebuilt layer by the package around it, and again when a linked package changes", async () => {
    const content = {
      lambdaExtension: {},
      scripts: { build: "mkdir -p dist/layer && cp src/main.ts dist/layer/" },
      dependencies: { linked: "*" },
    };
    await project.write({
      "template.yaml": templateText
        .replace("Metadata: { BuildMethod: makefile }", "")
        .replace("layer/", "layer/dist/layer"),
      "layer/package.json": JSON.stringify(content),
      "layer/src/main.ts": "",
      "linked/package.json": "{}",
    });
    await mkdir(join(project.folder, "layer/node_modules"));
    await symlink(join(project.folder, "linked"), join(project.folder, "layer/node_modules/linked"));
    await start();
    expect(environments.started[0]?.layers).toEqual([join(project.folder, "layer/dist/layer")]);
    await project.write({ "layer/src/main.ts": "changed" });
    await expect.poll(answers).toHaveLength(2);
    await project.write({ "linked/src/index.ts": "changed" });
    await expect.poll(answers).toHaveLength(3);
    expect(count("Building HelloLayer")).toBe(3);
  });

  test("takes the template as written, also after sam build", async () => {
    await project.write({ ".aws-sam/build/template.yaml": templateText.replace("HelloFunction", "Built") });
    await start("HelloFunction");
    expect(environments.started[0]?.function.codePath).toBe(join(project.folder, "function"));
  });

  test("ends with 130 after Ctrl-C, and leaves nothing running", async () => {
    await start();
    const [layer] = environments.started[0]?.layers ?? [];
    host.interrupt();
    expect(await ended).toBe(130);
    expect(environments.open()).toBe(0);
    await expect(readdir(layer ?? "")).rejects.toThrow("ENOENT");
  });

  test.each([
    ["no template", ["-t", "nowhere.yaml"], "template nowhere.yaml is not there"],
    ["a missing event file", ["-e", "nope.json"], "event file nope.json is not there"],
    ["two functions", ["A", "B"], "unexpected argument B: dev runs one function"],
  ])("%s at the start: one message, exit status 2", async (_, words, message) => {
    expect(await runCli(["dev", ...words], host)).toBe(2);
    expect(host.written.stderr).toContain(message);
    expect(environments.started).toEqual([]);
  });
});
