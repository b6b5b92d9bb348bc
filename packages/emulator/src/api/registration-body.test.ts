import { expect, test } from "vitest";
import { parseRegistration } from "./registration-body.ts";

const struct = 'struct { handler.RegisterRequest; ConfigurationKeys []string "json:\\"configurationKeys\\"" }';

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

/** Observed: what the official emulator answers to these bodies. */
test.each([
  ["", "unexpected end of JSON input"],
  ['{"a":é}', "invalid character 'Ã' looking for beginning of value"],
  ["[]", `json: cannot unmarshal array into Go value of type ${struct}`],
  ['"x"', `json: cannot unmarshal string into Go value of type ${struct}`],
  ["1", `json: cannot unmarshal number into Go value of type ${struct}`],
  [
    '{"events":"INVOKE"}',
    "json: cannot unmarshal string into Go struct field .RegisterRequest.events of type []core.Event",
  ],
  ['{"events":{}}', "json: cannot unmarshal object into Go struct field .RegisterRequest.events of type []core.Event"],
  ['{"events":true}', "json: cannot unmarshal bool into Go struct field .RegisterRequest.events of type []core.Event"],
  [
    '{"events":["a",1]}',
    "json: cannot unmarshal number into Go struct field .RegisterRequest.events of type core.Event",
  ],
  [
    '{"events":[["x"]]}',
    "json: cannot unmarshal array into Go struct field .RegisterRequest.events of type core.Event",
  ],
  [
    '{"configurationKeys":"a"}',
    "json: cannot unmarshal string into Go struct field .configurationKeys of type []string",
  ],
  ['{"configurationKeys":["a"]}', "configurationKeys are deprecated; use environment variables instead"],
])("refuses %s", (body, message) => {
  expect(parseRegistration(Buffer.from(body))).toEqual({ kind: "invalid", message });
});
