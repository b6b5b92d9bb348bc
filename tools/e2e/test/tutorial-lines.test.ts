import { describe, expect, inject, test } from "vitest";
import { buildExample } from "../src/example-project.ts";
import { findExample } from "../src/examples.ts";
import { runOnOfficial, runOnOurs } from "../src/run-once.ts";
import { tutorialLines, tutorialLinesOf } from "../src/tutorial-lines.ts";
import { lacksPythonTools } from "./needs.ts";

const run = inject("run");

describe.skipIf(lacksPythonTools).each(["hello", "python-extension"])("%s, built by sam build", (name) => {
  const example = findExample(name);
  const event = { greeting: "hello" };

  test("registers, gets the invocation and ends at SHUTDOWN on AWS's emulator", async () => {
    const { answer, lines } = await runOnOfficial({ example, project: await buildExample(example, run), event });
    const extension = example.layers[0]?.extension ?? "";
    expect(tutorialLinesOf(extension, lines)).toEqual(tutorialLines);
    const registered = new RegExp(`External agent ${extension} .* registered, subscribed to \\[INVOKE SHUTDOWN\\]`);
    expect(lines.filter((line) => registered.test(line))).toHaveLength(1);
    expect(JSON.parse(JSON.parse(answer).body)).toMatchObject({ event, listings: { "/opt/extensions": [extension] } });
  });

  test("writes the same lines in the same order and gives the same answer on this repository's emulator", async () => {
    const single = { example, project: await buildExample(example, run), event };
    const [official, ours] = [await runOnOfficial(single), await runOnOurs(single)];
    const extension = example.layers[0]?.extension ?? "";
    expect(tutorialLinesOf(extension, ours.lines)).toEqual(tutorialLinesOf(extension, official.lines));
    expect(JSON.parse(ours.answer)).toEqual(JSON.parse(official.answer));
    const ofTheFunction = (lines: readonly string[]) => lines.filter((line) => line.startsWith("/opt/"));
    expect(ofTheFunction(ours.lines)).toEqual(ofTheFunction(official.lines));
  });
});
