import { expect, test } from "vitest";
import { takeHandOff } from "./hand-off.ts";

const complete = {
  LAMBDA_EXTENSION_HANDOFF_VERSION: "1",
  LAMBDA_EXTENSION_NAME: "x",
  LAMBDA_EXTENSION_IDENTIFIER: "id",
  LAMBDA_EXTENSION_EVENTS: "INVOKE,SHUTDOWN",
  LAMBDA_EXTENSION_REGISTRATION: '{"handler":"h"}',
  LAMBDA_EXTENSION_SOCKET_FD: "11",
};

test("takes a complete hand-off, and leaves only the variables of others", () => {
  const env: Record<string, string | undefined> = { ...complete, LAMBDA_EXTENSION_NODE_OPTIONS: "--x", PATH: "/bin" };
  expect(takeHandOff(env)).toEqual({
    name: "x",
    registered: { identifier: "id", answer: '{"handler":"h"}', socketFd: 11 },
  });
  expect(env).toEqual({ LAMBDA_EXTENSION_NODE_OPTIONS: "--x", PATH: "/bin" });
});

test.each([
  ["no hand-off at all", {}, {}],
  ["a name alone: the launcher could not register", { LAMBDA_EXTENSION_NAME: "x" }, { name: "x" }],
  ["another version", { ...complete, LAMBDA_EXTENSION_HANDOFF_VERSION: "2" }, { name: "x" }],
  ["an empty identifier", { ...complete, LAMBDA_EXTENSION_IDENTIFIER: "" }, { name: "x" }],
])("counts as not registered: %s", (_name, env, expected) => {
  expect(takeHandOff({ ...env })).toEqual(expected);
});

test.each([
  [
    '{"eventType":"INVOKE","requestId":"r","deadlineMs":5}',
    { kind: "event", event: expect.objectContaining({ requestId: "r", deadlineMs: 5 }) },
  ],
  ["null", { kind: "unknown", problem: expect.any(String) }],
])("takes the event of a lazy start: %s", (event, firstEvent) => {
  const env = { ...complete, LAMBDA_EXTENSION_EVENT: event };
  expect(takeHandOff(env).registered?.firstEvent).toEqual(firstEvent);
  expect(env).not.toHaveProperty("LAMBDA_EXTENSION_EVENT");
});

test.each(["", "0", "2", "-1", "x", "3.5", "99999999"])(
  "a descriptor that cannot be a socket is not taken: %j",
  (fd) => {
    expect(takeHandOff({ ...complete, LAMBDA_EXTENSION_SOCKET_FD: fd }).registered).toEqual({
      identifier: "id",
      answer: '{"handler":"h"}',
    });
  },
);
