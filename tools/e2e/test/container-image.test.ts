import { cp, mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { runAws } from "../src/aws-cli.ts";
import type { BackgroundProcess } from "../src/background-process.ts";
import { docker, removeOtherImages, tagImage } from "../src/base-image.ts";
import { findMissingEngine } from "../src/container-engine.ts";
import { readStack } from "../src/deployed-stack.ts";
import { buildExample } from "../src/example-project.ts";
import { imageExample } from "../src/examples.ts";
import { listFolder } from "../src/file-listing.ts";
import { findMissingRegistry, startImageRegistry } from "../src/image-registry.ts";
import { findMissingNodeClient } from "../src/node-client.ts";
import { runChecked, runOrFail } from "../src/run-command.ts";
import { startSamWithContainers } from "../src/sam-with-containers.ts";
import type { SamWithContainers } from "../src/sam-with-containers.ts";
import { converse } from "../src/terminal.ts";
import { tutorialLines, tutorialLinesOf } from "../src/tutorial-lines.ts";
import { isMissing, lacksPythonTools } from "./needs.ts";

const run = inject("run");
const lacksEngine =
  lacksPythonTools || isMissing(await findMissingEngine()) || isMissing(await findMissingNodeClient(run.environment));
const lacksRegistry = lacksEngine || isMissing(await findMissingRegistry());

/** Each test needs the result of the test before it. */
describe.skipIf(lacksEngine)("a function that is a container image, with the extension copied into it", () => {
  const project = join(run.folder, "image", imageExample);
  let sam: SamWithContainers;
  beforeAll(async () => {
    sam = await startSamWithContainers(run);
    await cp(await buildExample({ name: imageExample }, run), project, { recursive: true, verbatimSymlinks: true });
    const [, base] = /^FROM (?!scratch)(\S+)/m.exec(await readFile(join(project, "Dockerfile"), "utf8")) ?? [];
    await tagImage(sam.engine, sam.images.python, base ?? "no FROM");
    await runChecked(sam.command(project, "sam", "build"));
  });
  afterAll(() => sam?.close());

  async function expectToRun(): Promise<void> {
    const output = await sam.invokeAsReadmeSays(project);
    expect(tutorialLinesOf("hello-extension", output.split("\n"))).toEqual(tutorialLines);
    expect(output).toContain("/opt/extensions: hello-extension");
  }

  test("runs with sam local from its start to SHUTDOWN", expectToRun);

  describe.skipIf(lacksRegistry)("deployed, with moto and a registry of images in AWS's place", () => {
    let registry: BackgroundProcess;
    beforeAll(async () => {
      await mkdir(join(run.folder, "images"));
      registry = await startImageRegistry(sam.engine, join(run.folder, "images"));
    });
    afterAll(() => registry?.close());

    test("the README's commands push the image and make a stack; the pushed image has the layer's files and runs", async () => {
      const answers = { "Deploy this changeset?": "y" };
      const shown = await converse({ ...sam.command(project, "sam", "deploy", "--guided"), answers });
      expect(shown).toContain("Successfully created/updated stack");
      const { configuration, imageUri } = await readStack(run, sam.moto, "container-image");
      if (imageUri === null) throw new Error("the function of the stack is not an image");
      expect(configuration.PackageType).toBe("Image");
      const repositories = await runAws(
        run,
        sam.moto,
        "ecr",
        "describe-repositories",
        "--query",
        "repositories[].repositoryUri",
      );
      expect(repositories).toEqual([imageUri.replace(/:[^:]*$/, "")]);

      await removeOtherImages(sam.engine, sam.images);
      await runOrFail(docker(sam.engine, "pull", imageUri));
      const container = (await runOrFail(docker(sam.engine, "create", imageUri))).trim();
      const opt = join(run.folder, "image/opt");
      await runOrFail(docker(sam.engine, "cp", `${container}:/opt`, opt));
      expect(await listFolder(opt)).toEqual(await listFolder(join(project, "layer/dist/layer")));
      // `sam build` gave this name to the image that it made.
      await tagImage(sam.engine, imageUri, "imagefunction:latest");
      await expectToRun();
    });
  });
});
