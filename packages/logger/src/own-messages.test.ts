import { describe, expect, test } from "vitest";
import { createOwnMessages } from "./own-messages.ts";

function createWritten() {
  const written: string[] = [];
  return { written, messages: createOwnMessages({ prefix: "[logger] ", write: (line) => written.push(line) }) };
}

describe("createOwnMessages", () => {
  test("writes a message as one line with its prefix", () => {
    const { written, messages } = createWritten();
    messages.report("two\n  lines");
    expect(written).toEqual(["[logger] two lines"]);
  });

  test("reports a message once per key", () => {
    const { written, messages } = createWritten();
    messages.reportOnce("a", "first");
    messages.reportOnce("a", "again");
    messages.reportOnce("b", "other");
    expect(written).toEqual(["[logger] first", "[logger] other"]);
  });

  test.each([
    ["as text", "[logger] hello"],
    ["as text with its line feed", "[logger] hello\n"],
    [
      "wrapped in an object, as with the JSON log format",
      { timestamp: "2026-01-01T00:00:00Z", message: "[logger] hello" },
    ],
  ])("recognizes its own message %s", (_how, record) => {
    const { messages } = createWritten();
    messages.report("hello");
    expect(messages.isOwn(record)).toBe(true);
  });

  test.each([
    "[logger] another extension's",
    "hello",
    { message: "hello" },
    { text: "[logger] hello" },
    { message: 7 },
  ])("does not take %j for its own", (record) => {
    const { messages } = createWritten();
    messages.report("hello");
    expect(messages.isOwn(record)).toBe(false);
  });

  test("remembers a bounded number of messages", () => {
    const { messages } = createWritten();
    for (let index = 0; index <= 64; index += 1) messages.report(String(index));
    expect(messages.isOwn("[logger] 0")).toBe(false);
    expect(messages.isOwn("[logger] 1")).toBe(true);
  });
});
