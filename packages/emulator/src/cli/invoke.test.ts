import { createHash } from "node:crypto";
import { readdir, readFile, utimes } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createFakeEnvironments, createFakeHost } from "../../test/fake-host.ts";
import type { FakeHost } from "../../test/fake-host.ts";
import { answering, createFakeProject, makefileText, runOn, templateText } from "../../test/fake-project.ts";
import type { FakeProject } from "../../test/fake-project.ts";

let project: FakeProject;
let folder: string;
beforeEach(async () => {
  project = await createFakeProject();
  folder = project.folder;
});
afterEach(() => project.close());

const run = (words: readonly string[], host: FakeHost = createFakeHost(folder)) => runOn(words, host);

describe("invoke", () => {
  test("prints logs, then the answer, then the lines of SHUTDOWN, then the timeline", async () => {
    const environments = answering('{"ok":true}');
    const host = await run(["invoke"], createFakeHost(folder, { startEnvironment: environments.start }));
    expect(host.status).toBe(0);
    expect(host.written.stdout).toBe('{"ok":true}\n');
    const steps = ["Registering", "function line", "REPORT", '{"ok":true}', "Received SHUTDOWN event", "platform init"];
    const places = steps.map((step) => host.written.both.indexOf(step));
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(places).not.toContain(-1);
    expect(environments.open()).toBe(0);
  });

  test("names the extension on lines without its name", async () => {
    const host = await run(["invoke"], createFakeHost(folder, { startEnvironment: answering("1").start }));
    expect(host.written.stderr).toContain("[fake-extension] Received SHUTDOWN");
    expect(host.written.stderr).not.toContain("[fake-extension] [fake-extension]");
  });

  test("builds a makefile layer as written into a folder that is gone afterwards", async () => {
    const environments = answering("1");
    const seen: string[] = [];
    const startEnvironment: typeof environments.start = async (options) => {
      seen.push(...(await readdir(options.layers[0] ?? "", { recursive: true })));
      return environments.start(options);
    };
    await run(["invoke"], createFakeHost(folder, { startEnvironment }));
    expect(seen).toContain(join("extensions", "hello"));
    await expect(readdir(environments.started[0]?.layers[0] ?? "")).rejects.toThrow("ENOENT");
  });

  test("takes a template that sam build wrote as it is, and before the template of the user", async () => {
    const built = templateText.replace("layer/", "HelloLayer").replace("function/", "HelloFunction");
    await project.write({
      ".aws-sam/build/template.yaml": built.replaceAll(
        "BuildMethod: makefile",
        "BuildMethod: makefile, SamResourceId: HelloLayer",
      ),
      ".aws-sam/build/HelloFunction/app.py": "",
      ".aws-sam/build/HelloLayer/extensions/hello": "",
    });
    const environments = answering("1");
    const host = await run(["invoke"], createFakeHost(folder, { startEnvironment: environments.start }));
    expect(host.status).toBe(0);
    expect(environments.started[0]?.layers).toEqual([join(folder, ".aws-sam/build/HelloLayer")]);
    expect(environments.started[0]?.function.codePath).toBe(join(folder, ".aws-sam/build/HelloFunction"));
  });

  test("says when the template is newer than what sam build made of it", async () => {
    await project.write({ ".aws-sam/build/template.yaml": templateText, ".aws-sam/build/function/app.py": "" });
    await project.write({ ".aws-sam/build/layer/Makefile": makefileText });
    await utimes(join(folder, ".aws-sam/build/template.yaml"), 1, 1);
    const host = await run(["invoke"], createFakeHost(folder, { startEnvironment: answering("1").start }));
    expect(host.written.stderr).toContain("template.yaml is newer than .aws-sam/build/template.yaml");
  });

  test.each([
    ["the function's code", "function/app.py"],
    ["a layer's source", "layer/Makefile"],
  ])("says when %s is newer than what sam build made of it", async (_, path) => {
    await project.write({
      ".aws-sam/build/template.yaml": templateText,
      ".aws-sam/build/function/app.py": "",
      ".aws-sam/build/layer/Makefile": makefileText,
    });
    const setTime = (file: string, epochSeconds: number): Promise<void> =>
      utimes(join(folder, file), epochSeconds, epochSeconds);
    for (const file of ["template.yaml", "function/app.py", "layer/Makefile"]) await setTime(file, 1_000);
    await setTime(".aws-sam/build/template.yaml", 2_000);
    const before = await run(["invoke"], createFakeHost(folder, { startEnvironment: answering("1").start }));
    expect(before.written.stderr).not.toContain("newer");
    await setTime(path, 3_000);
    const after = await run(["invoke"], createFakeHost(folder, { startEnvironment: answering("1").start }));
    expect(after.written.stderr).toContain(
      `warning: ${path} is newer than .aws-sam/build/template.yaml: run sam build, or use -t template.yaml`,
    );
    const asked = await run(
      ["invoke", "-t", "template.yaml"],
      createFakeHost(folder, { startEnvironment: answering("1").start }),
    );
    expect(asked.written.stderr).not.toContain("newer");
  });

  describe("a layer that build-layer wrote", () => {
    const prebuilt = templateText
      .replace("    Metadata: { BuildMethod: makefile }\n", "")
      .replace("ContentUri: layer/", "ContentUri: layer/dist/layer");
    const sha256 = createHash("sha256").update("built").digest("hex");
    const described = {
      outputs: ["layer"],
      lambdaExtension: { name: "hello" },
      files: { "src/main.ts": sha256, "node_modules/a/index.js": sha256 },
    };
    const manifest = { scripts: { build: "build-layer" }, lambdaExtension: { name: "hello" } };
    const warnings = async (...options: readonly string[]): Promise<readonly string[]> => {
      const host = createFakeHost(folder, { startEnvironment: answering("1").start });
      const { status, written } = await run(["invoke", ...options], host);
      expect(status).toBe(0);
      return written.stderr.split("\n").filter((line) => line.startsWith("warning: "));
    };
    beforeEach(() =>
      project.write({
        "template.yaml": prebuilt,
        "layer/package.json": JSON.stringify(manifest),
        "layer/src/main.ts": "built",
        "layer/dist/layer/extensions/hello": "",
        "layer/dist/built-from.json": JSON.stringify(described),
      }),
    );
    const told = (file: string): string =>
      `warning: layer/${file} has changed since layer/dist/layer was built: run npm run build in layer`;

    test("is used without a warning while its sources are the same, whatever their times are", async () => {
      await utimes(join(folder, "layer/src/main.ts"), 9e9, 9e9);
      await utimes(join(folder, "layer/dist/layer"), 1, 1);
      expect(await warnings()).toEqual([]);
    });

    test.each([
      ["src/main.ts", "changed"],
      ["package.json", JSON.stringify({ ...manifest, lambdaExtension: { name: "hello", sourceMap: true } })],
      ["node_modules/a/index.js", "changed"],
    ])("is said to be older than %s, which has another content", async (file, content) => {
      await project.write({ [`layer/${file}`]: content });
      expect(await warnings()).toEqual([told(file)]);
      expect(await warnings("--layer-mapping", "HelloLayer=layer/dist/layer")).toEqual([told(file)]);
    });

    test("is said once to be older than its sources after sam build, which leaves it at its place", async () => {
      await project.write({
        ".aws-sam/build/template.yaml": prebuilt.replace("layer/dist/layer", "../../layer/dist/layer"),
        ".aws-sam/build/function/app.py": "",
      });
      expect(await warnings()).toEqual([]);
      await project.write({ "layer/src/main.ts": "changed" });
      expect(await warnings()).toEqual([told("src/main.ts")]);
    });

    test.each(["{", "[]", "{}", '{ "outputs": [], "files": {} }'])(
      "is used if what is beside it is %s",
      async (text) => {
        await project.write({ "layer/dist/built-from.json": text, "layer/src/main.ts": "changed" });
        expect(await warnings()).toEqual([]);
      },
    );
  });

  test("reads the event from a file, from standard input, and {} without either", async () => {
    await project.write({ "event.json": '{"from":"file"}' });
    const environments = answering("1");
    const over = { startEnvironment: environments.start, input: '{"from":"stdin"}' };
    await run(["invoke", "-e", "event.json"], createFakeHost(folder, over));
    await project.write({ "event.json": '\u{feff}{"byte":"order mark"}' });
    await run(["invoke", "-e", "event.json"], createFakeHost(folder, over));
    await run(["invoke", "--event", "-"], createFakeHost(folder, over));
    await run(["invoke", "--no-event"], createFakeHost(folder, over));
    expect(environments.events.map(String)).toEqual([
      '{"from":"file"}',
      '{"byte":"order mark"}',
      '{"from":"stdin"}',
      "{}",
    ]);
  });

  test("invokes as often as --count says and prints each answer", async () => {
    const environments = answering("1");
    const host = await run(
      ["invoke", "--count", "3"],
      createFakeHost(folder, { startEnvironment: environments.start }),
    );
    expect(host.written.stdout).toBe("1\n1\n1\n");
    expect(environments.started).toHaveLength(1);
  });

  test("freezes and moves the clock before each further invocation as --idle says", async () => {
    const environments = answering("1");
    await run(
      ["invoke", "--count", "3", "--idle", "10m"],
      createFakeHost(folder, { startEnvironment: environments.start }),
    );
    expect(environments.started[0]).toMatchObject({ freeze: true, clock: "movable" });
    expect(environments.skips).toEqual([600_000, 600_000]);
  });

  test("warns if no time can pass for --idle, and freezes all the same", async () => {
    const environments = answering("1");
    const over = { startEnvironment: environments.start, canMoveClock: () => false };
    const host = await run(["invoke", "--count", "2", "--idle", "90s"], createFakeHost(folder, over));
    expect(host.written.stderr).toContain("no time passes for them without libfaketime");
    expect(environments.started[0]?.freeze).toBe(true);
    expect([environments.started[0]?.clock, environments.skips]).toEqual([undefined, []]);
    expect(host.written.stdout).toBe("1\n1\n");
  });

  test("prints one JSON document and nothing else with --json", async () => {
    const host = await run(["invoke", "--json"], createFakeHost(folder, { startEnvironment: answering("[1]").start }));
    expect(host.written.stderr).toBe("");
    expect(JSON.parse(host.written.stdout)).toMatchObject({
      function: "HelloFunction",
      answers: [{ kind: "response", payload: "[1]", requestId: "request-1" }],
      lines: [{ source: "extension" }, { source: "function" }, { source: "platform" }, { source: "extension" }],
      timeline: [{ lane: "platform", kind: "init" }],
    });
  });

  test("writes the timeline as HTML with --report", async () => {
    const host = await run(
      ["invoke", "--report", "r.html"],
      createFakeHost(folder, { startEnvironment: answering("1").start }),
    );
    expect(host.written.stderr).toMatch(/\nReport: r\.html\n$/);
    expect(await readFile(join(folder, "r.html"), "utf8")).toContain(
      'aria-label="platform: init, at 0.0 ms, took 10.0 ms"',
    );
  });

  test("ends with 1 if the function failed, with its error on stdout", async () => {
    const payload = '{"errorType":"ValueError"}';
    const failing = createFakeEnvironments(() => Promise.resolve({ kind: "function-error", payload }));
    const host = await run(["invoke"], createFakeHost(folder, { startEnvironment: failing.start }));
    expect(host.status).toBe(1);
    expect(host.written.stdout).toBe(`${payload}\n`);
  });

  test("lends the caller's credentials, all or none", async () => {
    const environments = answering("1");
    const keys = { AWS_ACCESS_KEY_ID: "id", AWS_SECRET_ACCESS_KEY: "secret" };
    const env = { PATH: process.env["PATH"], ...keys };
    await run(["invoke"], createFakeHost(folder, { startEnvironment: environments.start, env }));
    await run(["invoke"], createFakeHost(folder, { startEnvironment: environments.start }));
    expect(environments.started.map((options) => options.credentials)).toEqual([keys, undefined]);
  });

  test("lends the caller's AWS endpoints, but the template's own win", async () => {
    const environments = answering("1");
    const env = {
      PATH: process.env["PATH"],
      AWS_ENDPOINT_URL: "http://127.0.0.1:5000",
      AWS_ENDPOINT_URL_SSM: "http://127.0.0.1:5001",
      AWS_PROFILE: "mine",
    };
    await run(["invoke"], createFakeHost(folder, { startEnvironment: environments.start, env }));
    const variables = environments.started[0]?.function.environment ?? {};
    expect(variables).toMatchObject({
      AWS_ENDPOINT_URL: "http://127.0.0.1:5000",
      AWS_ENDPOINT_URL_SSM: "http://127.0.0.1:5001",
    });
    expect(variables).not.toHaveProperty("AWS_PROFILE");
  });

  test("says when the function is for another machine", async () => {
    const host = createFakeHost(folder, { startEnvironment: answering("1").start, architecture: "arm64" });
    expect((await run(["invoke"], host)).written.stderr).toContain(
      "HelloFunction is for x86_64, this machine is arm64",
    );
  });

  test("hands timeout, region, freeze, variables and mapped layers to the environment", async () => {
    await project.write({
      "env.json": '{"Parameters":{"LEVEL":"debug"},"HelloFunction":{"OTHER":"x"},"HeloFunction":{}}',
      "mine/extensions/x": "",
    });
    const environments = answering("1");
    const words = [
      "invoke",
      "HelloFunction",
      "--timeout",
      "9",
      "--freeze",
      "--region",
      "eu-west-1",
      "-n",
      "env.json",
      "--bootstrap",
      "sh -c 'exec x'",
    ];
    const mapping = ["--layer-mapping", "HelloLayer=mine", "Helo=x"];
    const host = await run([...words, ...mapping], createFakeHost(folder, { startEnvironment: environments.start }));
    expect(environments.started[0]).toMatchObject({
      function: { timeoutSeconds: 9, bootstrap: ["sh", "-c", "exec x"], environment: { LEVEL: "debug" } },
      freeze: true,
      region: "eu-west-1",
      layers: [join(folder, "mine")],
    });
    expect(host.written.stderr).toContain("--layer-mapping: HelloFunction has no layer Helo");
    expect(host.written.stderr).toContain("OTHER is left out, the template does not declare it");
    expect(host.written.stderr).toContain(
      '--env-vars: the template has no function HeloFunction; did you mean "HelloFunction"?',
    );
  });

  test("closes the environment, removes its builds and ends with 130 when the user ends it", async () => {
    const environments = createFakeEnvironments(() => new Promise(() => {}));
    const host = createFakeHost(folder, { startEnvironment: environments.start });
    const ended = run(["invoke"], host);
    await expect.poll(() => environments.events.length).toBe(1);
    host.interrupt();
    expect((await ended).status).toBe(130);
    expect(environments.open()).toBe(0);
    await expect(readdir(environments.started[0]?.layers[0] ?? "")).rejects.toThrow("ENOENT");
  });

  test("ends make and all its processes when the user ends the command", async () => {
    await project.write({ "layer/Makefile": "build-HelloLayer:\n\techo $$PPID > started; sleep 600\n" });
    const host = createFakeHost(folder);
    const ended = run(["invoke"], host);
    await expect.poll(() => readdir(join(folder, "layer"))).toContain("started");
    host.interrupt();
    expect((await ended).status).toBe(130);
  });
});
