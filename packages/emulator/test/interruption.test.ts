import { expect, test } from "vitest";
import type { LogLine } from "../src/history/log-line.ts";
import { nodeFunction, politeExtension, start } from "./environment-fixture.ts";

/** Starts an environment that is interrupted when `when` is met. Returns all lines until it ended. */
async function interrupt(when: (line: LogLine) => boolean, controller: AbortController): Promise<readonly string[]> {
  const said: string[] = [];
  const starting = start(
    nodeFunction(`console.log("loaded"); export const handler = async () => 1;`),
    [politeExtension()],
    {
      signal: controller.signal,
      onLine(line) {
        said.push(line.text);
        if (when(line)) controller.abort();
      },
    },
  );
  await expect(starting).rejects.toThrow("interrupted before the environment was up");
  return said;
}

test("an interruption before anything has been started starts nothing", async () => {
  const controller = new AbortController();
  controller.abort();
  expect(await interrupt(() => false, controller)).toEqual([]);
});

test("an interruption at the end of init still sends SHUTDOWN, and the API stays open until every process has ended", async () => {
  const said = await interrupt(({ text }) => text.startsWith("EXTENSION\t"), new AbortController());
  expect(said.at(-1)).toBe("SHUTDOWN spindown");
  expect(said.join("\n")).not.toContain("ECONN");
});
