import { describe, expect, inject, onTestFinished, test } from "vitest";
import { buildExample, layerFolder, taskFolder } from "../src/example-project.ts";
import { findExample } from "../src/examples.ts";
import { startLineReceiver } from "../src/line-receiver.ts";
import { startOfficialEmulator } from "../src/official-emulator.ts";
import { isMissing, lacksPythonTools } from "./needs.ts";

const run = inject("run");
const lacksRoot = isMissing(
  process.getuid?.() === 0 ? "" : "AWS's emulator delivers telemetry only if it runs as root.",
);

describe.skipIf(lacksPythonTools || lacksRoot)("the logger, with telemetry from AWS's emulator", () => {
  test("ships every line of the function exactly once", async () => {
    const receiver = await startLineReceiver();
    onTestFinished(() => receiver.close());
    const example = findExample("logger-http");
    const project = await buildExample(example, run);
    const emulator = await startOfficialEmulator({
      mode: "managed-instances",
      layers: example.layers.map((layer) => layerFolder(project, layer)),
      codePath: taskFolder(project, example),
      runtime: "nodejs",
      handler: example.handler,
      environment: { LOGGER_DESTINATION: "http", LOGGER_HTTP_URL: receiver.url },
    });
    onTestFinished(() => emulator.close());
    const marks = Array.from({ length: 10 }, (_, index) => `mark-${index}`);
    // Two at a time, so that the lines of different requests mix.
    for (let index = 0; index < marks.length; index += 2) {
      expect(await Promise.all(marks.slice(index, index + 2).map((mark) => emulator.invoke({ mark })))).toMatchObject([
        { status: 200, body: expect.stringContaining("logged") },
        { status: 200, body: expect.stringContaining("logged") },
      ]);
    }
    await emulator.shutdown();
    const received = receiver.lines.map((line) => JSON.stringify(line));
    const timesOf = (text: string) => received.filter((line) => line.includes(text)).length;
    expect(Object.fromEntries(marks.map((mark) => [mark, timesOf(`${mark}\\`)]))).toEqual(
      Object.fromEntries(marks.map((mark) => [mark, 1])),
    );
    expect(timesOf("this line goes the same way")).toBe(marks.length);
    expect(receiver.lines.filter(({ type, requestId }) => type === "function" && requestId === undefined)).toEqual([]);
  });
});
