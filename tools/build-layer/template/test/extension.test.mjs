import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";

/** Runs the built layer and the function in Lambda's execution environment, emulated. */
function invoke(...options) {
  const command = ["--no-install", "lambda-emulator", "invoke", "--event", "events/event.json", "--json", ...options];
  return JSON.parse(execFileSync("npx", command, { encoding: "utf8" }));
}

test("the extension sees each invocation and the shutdown, and the function answers", () => {
  const { answers, lines } = invoke("--count", "2");
  assert.deepEqual(
    answers.map(({ payload }) => JSON.parse(payload)),
    [{ greeting: "hello, Lambda" }, { greeting: "hello, Lambda" }],
  );
  const said = lines.filter(({ source }) => source === "extension").map(({ text }) => text);
  assert.deepEqual(said, [
    `[my-extension] invocation 1: ${answers[0].requestId}`,
    `[my-extension] invocation 2: ${answers[1].requestId}`,
    "[my-extension] spindown after 2 invocations",
  ]);
});
