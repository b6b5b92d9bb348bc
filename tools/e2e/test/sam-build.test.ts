import { lstatSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, inject, test } from "vitest";
import { buildExample, layerFolder, taskFolder } from "../src/example-project.ts";
import { examples, imageExample } from "../src/examples.ts";
import { repository } from "../src/package-tarballs.ts";
import { exampleSessions } from "../src/readme-sessions.ts";
import { runChecked } from "../src/run-command.ts";
import { lacksPythonTools } from "./needs.ts";

const run = inject("run");

test("the list of examples names every example", () => {
  expect(readdirSync(join(repository, "examples")).sort()).toEqual(
    [...examples.map(({ name }) => name), imageExample].sort(),
  );
});

describe.skipIf(lacksPythonTools).each(examples)("$name, copied out of the repository", (example) => {
  test("passes sam validate --lint, and sam build builds it with the packages that it names", async () => {
    const project = await buildExample(example, run);
    const typed = exampleSessions(example.name, project).build.flatMap((session) =>
      session.map((step) => step.command),
    );
    expect(typed.slice(-2)).toEqual(["sam validate --lint", "sam build"]);
    const template = readFileSync(join(project, ".aws-sam/build/template.yaml"), "utf8");
    for (const { logicalId, isPrebuilt } of example.layers) {
      expect(template).toContain(isPrebuilt ? "ContentUri: ../../layer/dist/layer" : `ContentUri: ${logicalId}`);
    }
    expect(readdirSync(taskFolder(project, example)).sort()).toEqual(readdirSync(join(project, "function")).sort());
  });

  test.each(example.layers)(
    "has only the launcher of $extension in extensions/, and it is executable",
    async (layer) => {
      const folder = layerFolder(await buildExample(example, run), layer);
      const extensions = readdirSync(join(folder, "extensions"));
      expect(extensions).toEqual([layer.extension]);
      const launcher = lstatSync(join(folder, "extensions", layer.extension));
      expect((launcher.mode & 0o777).toString(8)).toBe("755");
      expect(launcher.isFile()).toBe(true);
      if (layer.engine === "none") return;
      expect(readdirSync(folder).sort()).toEqual([layer.extension, "extensions"].sort());
      const payload = readdirSync(join(folder, layer.extension));
      expect(payload).toContain("index.cjs");
      expect(payload.includes("bin")).toBe(layer.engine === "carried");
    },
  );

  test.each(example.layers)("has a layer $logicalId that build-layer finds nothing wrong with", async (layer) => {
    const project = await buildExample(example, run);
    const hello = await buildExample(examples[0] ?? example, run);
    const { output } = await runChecked({
      file: join(hello, "layer/node_modules/.bin/build-layer"),
      args: ["--check", layerFolder(project, layer)],
      env: run.environment,
    });
    expect(output).toContain(layer.extension);
  });
});
