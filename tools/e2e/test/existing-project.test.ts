import { appendFileSync, globSync, readFileSync, writeFileSync } from "node:fs";
import { cp } from "node:fs/promises";
import { join } from "node:path";
import { projectEnvironment } from "@lambda-extension/sam";
import { describe, expect, inject, test } from "vitest";
import { copyExample, layerFolder } from "../src/example-project.ts";
import type { Example } from "../src/examples.ts";
import { listFolder } from "../src/file-listing.ts";
import { repository } from "../src/package-tarballs.ts";
import { runOrFail } from "../src/run-command.ts";
import { runOnOfficial, runOnOurs } from "../src/run-once.ts";
import { lacksPythonTools } from "./needs.ts";

const run = inject("run");

/** A template that comes with the SAM CLI. Without `--location`, `sam init` clones a repository. */
const [initTemplate = "none"] = globSync(
  "lib/python3*/site-packages/samcli/lib/init/templates/cookiecutter-aws-sam-hello-nodejs",
  {
    cwd: projectEnvironment.folder,
  },
);

/** The lines that docs/layers.md adds to a template: for BuildMethod makefile, and for a prebuilt folder. */
const [makefileLines = [], prebuiltLines = []] =
  readFileSync(join(repository, "docs/layers.md"), "utf8")
    .split("## Into a project you have")[1]
    ?.split("```yaml\n")
    .slice(1, 3)
    .map((block) => block.split("\n```")[0]?.split("\n") ?? []) ?? [];

const ways = [
  {
    way: "BuildMethod makefile",
    lines: makefileLines,
    from: "hello",
    layer: { logicalId: "ExtensionLayer", folder: "layer", extension: "hello-extension", engine: "carried" },
    runs: [runOnOfficial, runOnOurs],
    shows: /^\[hello-extension\] Received SHUTDOWN event\. Exiting\.$/,
  },
  {
    way: "a prebuilt folder",
    lines: prebuiltLines,
    from: "own-extension",
    layer: {
      logicalId: "ExtensionLayer",
      folder: "layer",
      isPrebuilt: true,
      extension: "slow-watch",
      engine: "shared",
    },
    // slow-watch counts by telemetry, which AWS's emulator does not have.
    runs: [runOnOurs],
    shows: /^\[slow-watch\] invocations: 1, slow: \d$/,
  },
] as const;

describe.skipIf(lacksPythonTools)("three lines add a layer to a project of sam init", () => {
  test.each(ways)("$way", async ({ lines: added, from, layer, runs, shows }) => {
    const folder = join(run.folder, "sam init", from);
    const project = join(folder, "my-app");
    const step = (cwd: string, file: string, ...args: readonly string[]) =>
      runOrFail({ file, args, cwd, env: run.environment });
    await copyExample(from, join(folder, "example"));
    await step(
      folder,
      "sam",
      "init",
      "--no-input",
      "--extra-context",
      JSON.stringify({ runtime: "nodejs24.x" }),
      "--location",
      join(projectEnvironment.folder, initTemplate),
      "--name",
      "my-app",
    );

    await cp(join(folder, "example/layer"), join(project, "layer"), { recursive: true });
    expect(added).toHaveLength(3);
    expect(readFileSync(join(folder, "example/README.md"), "utf8")).toContain(added.join("\n"));
    const template = join(project, "template.yaml");
    const [ofFunction, ...ofResources] = added;
    const before = readFileSync(template, "utf8");
    const after = before
      .replace("    Properties:\n", `    Properties:\n${ofFunction}\n`)
      .replace("Resources:\n", `Resources:\n${ofResources.join("\n")}\n`);
    expect(after.split("\n").length - before.split("\n").length).toBe(3);
    writeFileSync(template, after);
    expect(await step(project, "sam", "validate", "--lint", "--region", "us-east-1")).toContain(
      "is a valid SAM Template",
    );

    const build = async (): Promise<unknown> => {
      if ("isPrebuilt" in layer) await step(project, "npm", "run", "build", "--prefix", "layer");
      await step(project, "sam", "build");
      return listFolder(layerFolder(project, layer));
    };
    const example: Example = {
      name: "my-app",
      functionId: "HelloWorldFunction",
      runtime: "nodejs",
      handler: "app.lambdaHandler",
      layers: [layer],
    };
    await step(project, "npm", "install", "--prefix", "layer");
    const built = await build();
    for (const runOn of runs) {
      const { answer, lines } = await runOn({ example, project, event: {} });
      expect({ answer, lines }).toMatchObject({ answer: expect.stringContaining("hello world") });
      expect({ lines, isShown: lines.some((line) => shows.test(line)) }).toMatchObject({ isShown: true });
    }
    // `sam init` wrote `cached = true`. A cached build must be equal too, and must see a change.
    expect(readFileSync(join(project, "samconfig.toml"), "utf8")).toContain("cached = true");
    expect(await build()).toEqual(built);
    appendFileSync(join(project, "layer/src/main.ts"), 'console.log("A change.");\n');
    expect(await build()).not.toEqual(built);
  });
});
