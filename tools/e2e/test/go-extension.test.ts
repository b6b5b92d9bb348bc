import { spawnSync } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startEnvironment } from "@lambda-extension/emulator";
import { beforeAll, describe, expect, inject, test } from "vitest";
import { startOfficialEmulator } from "../src/official-emulator.ts";
import { repository } from "../src/package-tarballs.ts";
import { runOrFail } from "../src/run-command.ts";
import { tutorialLines, tutorialLinesOf } from "../src/tutorial-lines.ts";
import { isMissing, lacksPythonTools } from "./needs.ts";

const run = inject("run");
const source = fileURLToPath(new URL("../fixtures/go-extension", import.meta.url));
const lacksGo = isMissing(
  spawnSync("go", ["version"]).status === 0 ? "" : "No go on PATH: the extension in Go cannot be built.",
);

/** Builds the extension. It uses only the standard library, so nothing is downloaded. */
function buildExtension(file: string): Promise<string> {
  const cache = join(repository, ".cache/go");
  const settings = {
    GOCACHE: join(cache, "build"),
    GOPATH: cache,
    GOFLAGS: "-mod=mod",
    GOPROXY: "off",
    GOTOOLCHAIN: "local",
    CGO_ENABLED: "0",
  };
  return runOrFail({
    file: "go",
    args: ["build", "-trimpath", "-o", file, "."],
    cwd: source,
    env: { ...process.env, ...settings },
  });
}

describe.skipIf(lacksGo || lacksPythonTools)("an extension in Go, built from AWS's description of the API", () => {
  const layer = join(run.folder, "go layer");
  const codePath = join(run.folder, "go function");
  const event = { greeting: "hello" };
  beforeAll(async () => {
    await mkdir(join(layer, "extensions"), { recursive: true });
    await mkdir(codePath, { recursive: true });
    await buildExtension(join(layer, "extensions/go-extension"));
    await writeFile(join(codePath, "app.py"), "def handler(event, context):\n    return {'event': event}\n");
  });

  test("writes the same lines as python-extension on AWS's emulator", async () => {
    const emulator = await startOfficialEmulator({
      layers: [layer],
      codePath,
      runtime: "python",
      handler: "app.handler",
    });
    try {
      expect(JSON.parse((await emulator.invoke(event)).body)).toEqual({ event });
      await emulator.shutdown();
    } finally {
      await emulator.close();
    }
    expect(tutorialLinesOf("go-extension", emulator.lines)).toEqual(tutorialLines);
  });

  test("writes the same lines as python-extension on this repository's emulator", async () => {
    const environment = await startEnvironment({
      layers: [layer],
      function: { runtime: "python3.12", handler: "app.handler", codePath },
    });
    try {
      expect(JSON.parse((await environment.invoke(event)).payload)).toEqual({ event });
      await environment.idle();
      await environment.shutdown();
    } finally {
      await environment.close();
    }
    expect(
      tutorialLinesOf(
        "go-extension",
        environment.lines.map(({ text }) => text),
      ),
    ).toEqual(tutorialLines);
  });
});
