import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { runAws } from "../src/aws-cli.ts";
import { startProcess } from "../src/background-process.ts";
import type { BackgroundProcess } from "../src/background-process.ts";
import { tagImage } from "../src/base-image.ts";
import type { BaseImages } from "../src/base-image.ts";
import { findMissingEngine } from "../src/container-engine.ts";
import { buildExample } from "../src/example-project.ts";
import { examples, findExample } from "../src/examples.ts";
import { findMissingNodeClient } from "../src/node-client.ts";
import { repository } from "../src/package-tarballs.ts";
import { startSamWithContainers } from "../src/sam-with-containers.ts";
import type { SamWithContainers } from "../src/sam-with-containers.ts";
import { tutorialLines, tutorialLinesOf } from "../src/tutorial-lines.ts";
import { isMissing, lacksPythonTools } from "./needs.ts";

const run = inject("run");
const lacksEngine =
  lacksPythonTools || isMissing(await findMissingEngine()) || isMissing(await findMissingNodeClient(run.environment));

/** For each example: a part of its answer, and lines that its extensions write. */
const expected: Readonly<Record<string, { readonly answer: string; readonly lines: readonly string[] }>> = {
  hello: { answer: '["bin", "index.cjs"]', lines: [] },
  "python-extension": { answer: '"extension.py"', lines: [] },
  "logger-http": {
    answer: '{"logged":2}',
    lines: ["[logger] account: 0 received = 0 delivered + 0 dropped + 0 pending"],
  },
  "cache-warmer-ssm": {
    answer: "hello from /cache-warmer-ssm/greeting",
    lines: ["[cache-warmer] INFO serving on 127.0.0.1:2773; warming 1 parameter, 0 secrets"],
  },
  "cache-warmer-secrets": {
    answer: '{"user":"app","passwordLength":6}',
    lines: ["[cache-warmer] INFO serving on 127.0.0.1:2773; warming 0 parameters, 1 secret"],
  },
  "own-extension": { answer: '{"sleptMs":80}', lines: ["[slow-watch] invocations: 0, slow: 0"] },
  "two-extensions": {
    answer: "hello from /two-extensions/greeting",
    lines: [
      "[logger] account: 0 received = 0 delivered + 0 dropped + 0 pending",
      "[cache-warmer] INFO serving on 127.0.0.1:2773; warming 1 parameter, 0 secrets",
    ],
  },
};

describe.skipIf(lacksEngine)("sam local, in containers", () => {
  let sam: SamWithContainers;
  const aws = (...args: readonly string[]) => runAws(run, sam.moto, ...args);
  beforeAll(async () => {
    sam = await startSamWithContainers(run);
    for (const name of ["/cache-warmer-ssm/greeting", "/two-extensions/greeting"]) {
      await aws("ssm", "put-parameter", "--name", name, "--type", "String", "--value", `hello from ${name}`);
    }
    const secret = '{"user":"app","password":"s3cret"}';
    await aws("secretsmanager", "create-secret", "--name", "cache-warmer-secrets/database", "--secret-string", secret);
  });
  afterAll(() => sam?.close());

  /** Gives the image the name by which SAM asks for Lambda's image, until the tests end. */
  function nameImage(project: string, kind: keyof BaseImages): Promise<void> {
    const template = readFileSync(join(project, "template.yaml"), "utf8");
    const [, version] = new RegExp(`Runtime: ${kind}(\\S+?)(?:\\.x)?\\n`).exec(template) ?? [];
    return tagImage(sam.engine, sam.images[kind], `public.ecr.aws/lambda/${kind}:${version}-x86_64`);
  }

  test.each(examples)(
    "invoke runs the function of $name and its extensions, which write their lines until SHUTDOWN",
    async (example) => {
      const project = await buildExample(example, run);
      await nameImage(project, example.runtime);
      const output = await sam.invokeAsReadmeSays(project);
      const { answer, lines } = expected[example.name] ?? { answer: "BUG", lines: [] };
      expect(
        output
          .split("\n")
          .find((line) => line.startsWith('{"statusCode"'))
          ?.replaceAll("\\", ""),
      ).toContain(answer);
      for (const line of lines) expect(output).toContain(line);
      if (lines.length > 0) return;
      for (const { extension } of example.layers) {
        expect(tutorialLinesOf(extension, output.split("\n"))).toEqual(tutorialLines);
        expect(output).toContain(`/opt/extensions: ${extension}`);
      }
    },
  );

  test("start-lambda invokes one environment twice, and sends SHUTDOWN at the end", async () => {
    const example = findExample("hello");
    const project = await buildExample(example, run);
    await nameImage(project, example.runtime);
    // The same as `pnpm sam …` in the project's folder.
    const wrapper = [join(repository, "tools/sam/src/main.ts"), "sam", "local", "start-lambda"];
    const options = ["--port", "3001", "--warm-containers", "LAZY", "--shutdown"];
    const server: BackgroundProcess = await startProcess(
      sam.command(project, process.execPath, ...wrapper, ...options),
    );
    try {
      await server.waitForLine(/Running on http/);
      for (const mark of ["one", "two"]) {
        const answer = join(run.folder, `start-lambda-${mark}.json`);
        const call = ["lambda", "invoke", "--endpoint-url", "http://127.0.0.1:3001"];
        await aws(...call, "--function-name", example.functionId, "--payload", JSON.stringify({ mark }), answer);
        expect(JSON.parse(JSON.parse(readFileSync(answer, "utf8")).body)).toMatchObject({ event: { mark } });
      }
    } finally {
      await server.close(60_000);
    }
    const [registering, registered, waiting, received, , shutdown] = tutorialLines;
    const invoked = [waiting, received];
    expect(tutorialLinesOf("hello-extension", server.lines)).toEqual([
      registering,
      registered,
      ...invoked,
      ...invoked,
      waiting,
      shutdown,
    ]);
  });
});
