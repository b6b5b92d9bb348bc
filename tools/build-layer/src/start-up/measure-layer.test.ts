import { chmodSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { makeProject } from "../../test/project-folder.ts";
import type { ProjectFolder } from "../../test/project-folder.ts";
import { readProject } from "../config/project.ts";
import { measureLayer } from "./measure-layer.ts";
import type { Host } from "./measure-layer.ts";

const opened: ProjectFolder[] = [];
afterEach(() => {
  for (const project of opened.splice(0)) project.remove();
});

const host: Host = { node: process.execPath, platform: process.platform, arch: process.arch };

/** A layer whose extension is this bash script. */
function layer(script: string, changes = {}) {
  const environment = { SET: "yes", UNSET: "" };
  const made = makeProject({ name: "hello", entry: "src/main.ts", environment, ...changes });
  opened.push(made);
  made.put("extensions/hello", `#!/bin/bash\n${script}\n`);
  chmodSync(join(made.folder, "extensions/hello"), 0o755);
  return { settings: readProject(made.folder).settings, layers: [{ folder: made.folder, architecture: undefined }] };
}

const calls = `
exec 3<>"/dev/tcp/\${AWS_LAMBDA_RUNTIME_API%:*}/\${AWS_LAMBDA_RUNTIME_API##*:}"
[[ $SET == yes && -z \${UNSET+x} ]] || exit 9
printf 'GET /2020-01-01/extension/event/next HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n' >&3
read -r -d '}' answer <&3
[[ $answer == *SHUTDOWN* ]]`;

test.runIf(process.platform === "linux")(
  "times the first next of a program that is no Node.js, with its environment's defaults",
  async () => {
    const { settings, layers } = layer(calls);
    const startUp = await measureLayer(settings, layers, host);
    expect(startUp?.ratio).toBeGreaterThan(0);
    expect(startUp?.nextMs).toBeGreaterThan(0);
    expect(startUp?.bareMs).toBeGreaterThan(0);
  },
);

test.runIf(process.platform === "linux").each([
  ["eager", "on-demand"],
  ["lazy", "provisioned-concurrency"],
])("the program of a %s extension starts at once: the environment is %s", async (start, type) => {
  const { settings, layers } = layer(`[[ $AWS_LAMBDA_INITIALIZATION_TYPE == ${type} ]] || exit 9\n${calls}`, { start });
  expect((await measureLayer(settings, layers, host))?.ratio).toBeGreaterThan(0);
});

test.runIf(process.platform === "linux")(
  "says what the extension said when it ends before it asks for an event",
  async () => {
    const { settings, layers } = layer("echo 'first' >&2; echo 'no such table' >&2; exit 3");
    await expect(measureLayer(settings, layers, host)).rejects.toThrow(
      /^start-up: expected the extension to ask for its first event, got its end \(exit status 3\); it said: no such table$/,
    );
  },
);

test("measures nothing if the layer does not run", async () => {
  const { settings, layers } = layer("exit 1");
  expect(await measureLayer(settings, layers, { ...host, platform: "darwin" })).toBeUndefined();
  expect(
    await measureLayer(settings, [{ folder: "/nowhere", architecture: "arm64" }], { ...host, arch: "x64" }),
  ).toBeUndefined();
});
