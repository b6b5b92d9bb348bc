import { appendFileSync, readFileSync } from "node:fs";
import { cp, mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test } from "vitest";
import { runAws } from "../src/aws-cli.ts";
import { readStack } from "../src/deployed-stack.ts";
import type { DeployedStack } from "../src/deployed-stack.ts";
import { buildExample, layerFolder, taskFolder } from "../src/example-project.ts";
import { examples, findExample } from "../src/examples.ts";
import type { Example } from "../src/examples.ts";
import { listFolder } from "../src/file-listing.ts";
import { startLineReceiver } from "../src/line-receiver.ts";
import { startMoto } from "../src/moto.ts";
import type { Moto } from "../src/moto.ts";
import { repository } from "../src/package-tarballs.ts";
import { findFreePort } from "../src/ports.ts";
import { readmeBlocks } from "../src/readme-sessions.ts";
import { runCommand, runOrFail } from "../src/run-command.ts";
import type { Command } from "../src/run-command.ts";
import { runOnOurs } from "../src/run-once.ts";
import type { RunFolders } from "../src/run-once.ts";
import { converse } from "../src/terminal.ts";
import { lacksPythonTools } from "./needs.ts";

const run = inject("run");

type DownloadedStack = DeployedStack & { readonly folder: string };

/**
 * One invocation of an example with its event proves that its extensions work by two things: `answer` is a part of the
 * answer, `line` is a line that an extension writes.
 */
const works: Readonly<Record<string, { readonly answer: string; readonly line: RegExp }>> = {
  hello: { answer: "statusCode", line: /^\[hello-extension\] Received SHUTDOWN event\. Exiting\.$/ },
  "python-extension": { answer: "statusCode", line: /^\[python-extension\] Received SHUTDOWN event\. Exiting\.$/ },
  "logger-http": {
    answer: "statusCode",
    line: /^\[logger\] account: (\d\d+) received = \1 delivered \+ 0 dropped \+ 0 pending$/,
  },
  "cache-warmer-ssm": { answer: String.raw`{\"greeting\": \"hello\"}`, line: /warming 1 parameter, 0 secrets$/ },
  "cache-warmer-secrets": { answer: String.raw`\"passwordLength\":6`, line: /warming 0 parameters, 1 secret$/ },
  "own-extension": { answer: "statusCode", line: /^\[slow-watch\] invocations: 1, slow: 1$/ },
  "two-extensions": {
    answer: String.raw`{\"greeting\":\"hello\"}`,
    line: /^\[logger\] account: (\d\d+) received = \1 delivered \+ 0 dropped \+ 0 pending$/,
  },
};

describe.skipIf(lacksPythonTools)("deployed, with moto and AWS's SAM transform in AWS's place", () => {
  let moto: Moto;
  let env: NodeJS.ProcessEnv;
  beforeAll(async () => {
    moto = await startMoto();
    env = { ...run.environment, ...moto.environment, SAM_CLI_POLL_DELAY: "0.2", DISABLE_DEPRECATION_NOTICE: "1" };
  });
  afterAll(() => moto.close());

  function projectOf(name: string): string {
    return join(run.folder, "deployed", name);
  }

  /** Copies the built project, because `--guided` writes into it. Returns the copy's folder. */
  async function copyBuilt(example: Example): Promise<string> {
    const project = projectOf(example.name);
    await cp(await buildExample(example, run), project, { recursive: true, verbatimSymlinks: true });
    return project;
  }

  /**
   * Types commands in the project's folder, answers each question with its suggestion, and deploys. Returns what the
   * terminal showed.
   */
  function type(project: string, commands: readonly string[]): Promise<string> {
    const script = ["set -e", ...commands].join("\n");
    return converse({
      file: "bash",
      args: ["-c", script],
      cwd: project,
      env,
      answers: { "Deploy this changeset?": "y" },
    });
  }

  /** The command behind `pnpm sam …` and `pnpm samlocal …`. */
  function wrapper(...args: readonly string[]): Command {
    return { file: process.execPath, args: [join(repository, "tools/sam/src/main.ts"), ...args] };
  }

  function pnpm(project: string, ...args: readonly string[]): Promise<string> {
    return runOrFail({ ...wrapper(...args), cwd: project, env });
  }

  const redeploy = ["deploy", "--no-confirm-changeset", "--no-fail-on-empty-changeset"];

  function stackOf(project: string): string {
    return /stack_name = "(.+)"/.exec(readFileSync(join(project, "samconfig.toml"), "utf8"))?.[1] ?? "none";
  }

  async function versionsOf(layer: string): Promise<readonly number[]> {
    const answer = await runAws(run, moto, "lambda", "list-layer-versions", "--layer-name", layer);
    return (answer as { readonly LayerVersions: readonly { readonly Version: number }[] }).LayerVersions.map(
      ({ Version }) => Version,
    );
  }

  /** Reads the stack of a project. `folder` has the uploaded code and layers, as `readStack` unpacks them. */
  async function download(example: Example, project: string): Promise<DownloadedStack> {
    const folder = await mkdtemp(join(run.folder, `uploads-${example.name}-`));
    return { ...(await readStack(run, moto, stackOf(project), folder)), folder };
  }

  /** Runs the uploads on this repository's emulator, with the variables of the stack's function. Returns the lines. */
  async function expectUploadsToWork(
    example: Example,
    project: string,
    { configuration, folder }: DownloadedStack,
  ): Promise<readonly string[]> {
    const layers = (configuration.Layers ?? []).map((_, index) => join(folder, `layer-${index}`));
    const codePath = join(folder, "code");
    expect(await Promise.all(layers.map(listFolder))).toEqual(
      await Promise.all(example.layers.map((layer) => listFolder(layerFolder(project, layer)))),
    );
    expect(await listFolder(codePath)).toEqual(await listFolder(taskFolder(project, example)));

    const receiver = await startLineReceiver();
    onTestFinished(() => receiver.close());
    const variables = { ...configuration.Environment?.Variables };
    const endpoint = variables["LOGGER_HTTP_URL"];
    expect([undefined, "https://logs.example.com/ingest"]).toContain(endpoint);
    if (endpoint !== undefined) variables["LOGGER_HTTP_URL"] = receiver.url;
    const folders: RunFolders = { layers, codePath };
    const environment = {
      ...variables,
      ...moto.environment,
      PARAMETERS_SECRETS_EXTENSION_HTTP_PORT: String(await findFreePort()),
    };
    const event: unknown = JSON.parse(readFileSync(join(project, "events/event.json"), "utf8"));
    const { answer, lines } = await runOnOurs({ example, project, folders, event, environment });
    const expected = works[example.name];
    expect({ answer, lines }).toMatchObject({ answer: expect.stringContaining(expected?.answer ?? "BUG") });
    expect({ lines, shows: lines.some((line) => expected?.line.test(line)) }).toMatchObject({ shows: true });
    expect(receiver.lines.some(({ type }) => type === "function")).toBe(endpoint !== undefined);
    return lines;
  }

  test.each(examples)("$name: the README's commands make a stack, and the uploaded files run", async (example) => {
    const project = await copyBuilt(example);
    const blocks = readmeBlocks(project);
    const commands = blocks
      .map(({ commands }) => commands)
      .filter((commands) => commands.some((command) => command.startsWith("sam deploy --guided")));
    expect(commands).toHaveLength(1);
    const shown = await type(project, commands.flat());
    for (const question of [
      "Stack Name",
      "Confirm changes before deploy",
      "Save arguments to configuration file",
      "Deploy this changeset?",
    ]) {
      expect(shown).toContain(question);
    }
    expect(shown).toContain("Successfully created/updated stack");
    const stack = await download(example, project);
    const roles = stack.ids["AWS::IAM::Role"] ?? [];
    expect(roles.map((role) => stack.configuration.Role.endsWith(role))).toEqual([true]);
    expect(stack.configuration.Layers?.map(({ Arn }) => Arn).toSorted()).toEqual(
      stack.ids["AWS::Lambda::LayerVersion"]?.toSorted(),
    );
    await expectUploadsToWork(example, project, stack);
  });

  test("python-extension, built again without a change, gets no new layer version", async () => {
    const project = projectOf("python-extension");
    await pnpm(project, "sam", "build");
    await pnpm(project, "samlocal", ...redeploy);
    expect(await versionsOf("python-extension")).toEqual([1]);
  });

  test("hello, built again, gets a new layer version only with a change, and the new version runs", async () => {
    const example = findExample("hello");
    const project = projectOf(example.name);
    await pnpm(project, "sam", "build");
    await pnpm(project, "samlocal", ...redeploy);
    expect(await versionsOf("hello-extension")).toEqual([1]);

    appendFileSync(join(project, "layer/src/main.ts"), 'console.log("[hello-extension] A change.");\n');
    await pnpm(project, "sam", "build");
    await pnpm(project, "samlocal", ...redeploy);
    const stack = await download(example, project);
    expect(stack.configuration.Layers?.map(({ Arn }) => Arn.split(":").at(-1))).toEqual(["2"]);
    expect(await expectUploadsToWork(example, project, stack)).toContain("[hello-extension] A change.");
  });

  describe("pnpm sam and pnpm samlocal, with other commands of users", () => {
    const example = findExample("own-extension");
    const project = projectOf(example.name);
    const stack = "typed-by-hand";
    const ofStack = ["--stack-name", stack];

    test("samlocal deploy --guided takes the answers that are typed", async () => {
      const answers = { "Stack Name": stack, "Disable rollback": "y", "Deploy this changeset?": "y" };
      const shown = await converse({ ...wrapper("samlocal", "deploy", "--guided"), cwd: project, env, answers });
      expect(shown).toContain("Successfully created/updated stack - typed-by-hand");
      expect(readFileSync(join(project, "samconfig.toml"), "utf8")).toContain("disable_rollback = true");
    });

    test("list shows the stack's outputs, and logs shows the function's lines", async () => {
      const { ids } = await readStack(run, moto, stack);
      const [name = "none"] = ids["AWS::Lambda::Function"] ?? [];
      const outputs: unknown = JSON.parse(
        await pnpm(project, "sam", "list", "stack-outputs", ...ofStack, "--output", "json"),
      );
      expect(outputs).toMatchObject([{ OutputKey: "WatchedFunctionArn", OutputValue: expect.stringContaining(name) }]);
      const logGroup = ["--log-group-name", `/aws/lambda/${name}`];
      const stream = [...logGroup, "--log-stream-name", "one"];
      await runAws(run, moto, "logs", "create-log-group", ...logGroup);
      await runAws(run, moto, "logs", "create-log-stream", ...stream);
      await runAws(
        run,
        moto,
        "logs",
        "put-log-events",
        ...stream,
        "--log-events",
        `timestamp=${Date.now()},message=a-line-of-the-function`,
      );
      expect(await pnpm(project, "sam", "logs", ...ofStack)).toContain("a-line-of-the-function");
    });

    test("sync replaces the function's code", async () => {
      const before = await readStack(run, moto, stack);
      appendFileSync(join(project, "function/index.mjs"), "// A change.\n");
      const command = wrapper(
        "sam",
        "sync",
        "--code",
        "--no-watch",
        "--no-dependency-layer",
        "--resource-id",
        example.functionId,
        ...ofStack,
      );
      expect(await converse({ ...command, cwd: project, env, answers: {} })).toContain(
        "Finished syncing Lambda Function WatchedFunction",
      );
      const after = await readStack(run, moto, stack);
      expect(after.configuration.CodeSha256).not.toBe(before.configuration.CodeSha256);
    });

    test("delete removes the stack, and list then fails", async () => {
      await pnpm(project, "sam", "delete", "--no-prompts", ...ofStack);
      const { status, output } = await runCommand({
        ...wrapper("sam", "list", "stack-outputs", ...ofStack),
        cwd: project,
        env,
      });
      expect({ status, output }).toMatchObject({ status: 1, output: expect.stringContaining("typed-by-hand") });
    });
  });
});
