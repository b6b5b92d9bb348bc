import { expect, test } from "vitest";
import { parseRegistration } from "./registration-body.ts";

test.each([
  ['{"events":["INVOKE","SHUTDOWN"]}', ["INVOKE", "SHUTDOWN"]],
  ['{"EVENTS":["INVOKE"]}', ["INVOKE"]],
  ['{"events":["INVOKE","INVOKE"]}', ["INVOKE", "INVOKE"]],
  ['{"events":[null]}', [""]],
  ['{"events":null}', []],
  ['{"other":{"events":1}}', []],
  ["{}", []],
  ["null", []],
  ['{"configurationKeys":[]}', []],
])("reads %s", (body, events) => {
  expect(parseRegistration(Buffer.from(body))).toEqual({ kind: "ok", events });
});

test.each([
  ["[]", "the body: expected an object, got a list"],
  ['"x"', "the body: expected an object, got a string"],
  ["1", "the body: expected an object, got a number"],
  ['{"events":"INVOKE"}', "events: expected a list of strings, got a string"],
  ['{"events":{}}', "events: expected a list of strings, got an object"],
  ['{"Events":true}', "Events: expected a list of strings, got a boolean"],
  ['{"events":["a",1]}', "events: expected a list of strings, got a number in it"],
  ['{"events":[["x"]]}', "events: expected a list of strings, got a list in it"],
  ['{"configurationKeys":"a"}', "configurationKeys: expected a list of strings, got a string"],
  ['{"configurationKeys":["a"]}', "configurationKeys are deprecated; use environment variables instead"],
])("refuses %s", (body, message) => {
  expect(parseRegistration(Buffer.from(body))).toEqual({ kind: "invalid", message });
});

test.each(["", "{bad", '{"events":[}'])("refuses %j, and passes on what the engine says about it", (body) => {
  const message = expect.stringMatching(/^the body is not JSON: .*(JSON|token)/) as string;
  expect(parseRegistration(Buffer.from(body))).toEqual({ kind: "invalid", message });
});
