import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { startEnvironment } from "@lambda-extension/emulator";
import { describe, expect, onTestFinished, test } from "vitest";
import { installNode, lambdaNodes } from "../src/install-node.ts";
import { startLineReceiver } from "../src/line-receiver.ts";
import { repository } from "../src/package-tarballs.ts";
import { findFreePort } from "../src/ports.ts";
import { makeTempFolder } from "../src/temp-folder.ts";
import { isMissing } from "./needs.ts";

const lacksPlatformNode = isMissing(
  process.platform === "linux" && process.arch === "x64"
    ? ""
    : "This test installs the Node.js versions of Lambda from npm, only for Linux on x64.",
);

/** Asks the extension at import time, and writes a line in each invocation. */
const handler = `
const answer = await fetch("http://127.0.0.1:" + process.env.PARAMETERS_SECRETS_EXTENSION_HTTP_PORT + "/systemsmanager/parameters/get?name=/x");
export async function handler() {
  console.log("a line from", process.version);
  return { version: process.version, unauthorized: answer.status };
}`;

const each = describe.skipIf(lacksPlatformNode).each(lambdaNodes);

// Layers with the `shared` engine must run on each Node.js that Lambda has today.
each("the layers with the shared engine on Node.js $major", ({ major, version }) => {
  test("both extensions do their work on that Node.js", async () => {
    const nodePath = await installNode(version);
    const code = await makeTempFolder("node version");
    onTestFinished(() => code.close());
    await writeFile(join(code.path, "index.mjs"), handler);
    const receiver = await startLineReceiver();
    onTestFinished(() => receiver.close());
    const environment = await startEnvironment({
      nodePath,
      layers: ["logger", "cache-warmer"].map((name) => join(repository, "packages", name, "dist/layer")),
      function: {
        runtime: `nodejs${major}.x`,
        handler: "index.handler",
        codePath: code.path,
        timeoutSeconds: 30,
        environment: {
          LOGGER_DESTINATION: "http",
          LOGGER_HTTP_URL: receiver.url,
          PARAMETERS_SECRETS_EXTENSION_HTTP_PORT: String(await findFreePort()),
        },
      },
    });
    onTestFinished(() => environment.close());
    const answer = await environment.invoke({});
    expect(JSON.parse(answer.payload)).toEqual({ version: `v${version}`, unauthorized: 401 });
    await environment.shutdown();
    const lines = receiver.lines.filter(({ record }) => String(record).includes(`a line from v${version}`));
    expect(lines.map(({ requestId }) => requestId)).toEqual([answer.requestId]);
  });
});
