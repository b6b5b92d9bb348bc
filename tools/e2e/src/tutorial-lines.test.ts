import { expect, test } from "vitest";
import { linesApart, tutorialLinesOf } from "./tutorial-lines.ts";

test("leaves out what differs from run to run, and lines of other processes", () => {
  const lines = [
    "[a-extension] Registered with ID: 0123abcd…",
    "START RequestId: 1 Version: $LATEST",
    '[a-extension] Received event: {"eventType":"INVOKE","requestId":"1"}',
    "[b-extension] Waiting for event…",
  ];
  expect(tutorialLinesOf("a-extension", lines)).toEqual(["Registered with ID: …", "Received event: INVOKE"]);
});

test("finds a line behind the unfinished line of another process", () => {
  const lines = ["/opt/extensions: a-extension[a-extension] Waiting for event…", ""];
  expect(tutorialLinesOf("a-extension", lines)).toEqual(["Waiting for event…"]);
  expect(linesApart(["a-extension"], lines)).toEqual([
    "/opt/extensions: a-extension",
    "[a-extension] Waiting for event…",
    "",
  ]);
});
