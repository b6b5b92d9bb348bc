import type { ApiCall } from "./api-call.ts";
import { extensionError, nextCall, registerCall } from "./calls.ts";
import type { Probe } from "./probe.ts";

const unknownId = "01234567-89ab-cdef-0123-456789abcdef";
const events = (list: string): string => `{"events":${list}}`;
const call = (method: ApiCall["method"], path: string, headers: Readonly<Record<string, string>> = {}): ApiCall => ({
  method,
  path,
  headers,
});

/** Routes, and `POST /extension/register`. */
export const registerProbes: readonly Probe[] = [
  {
    name: "routes",
    async run({ call: send, started }) {
      await started("probe");
      await send("unknown route", call("GET", "/2020-01-01/extension/nothing"));
      await send("root", call("GET", "/"));
      await send("wrong method", call("GET", "/2020-01-01/extension/register"));
      await send("wrong method of next", call("POST", "/2020-01-01/extension/event/next"));
      await send("telemetry with a trailing slash", call("PUT", "/2022-07-01/telemetry/"));
      await send("ping", call("GET", "/2018-06-01/ping"));
      await send("restore without snapshots", call("GET", "/2018-06-01/runtime/restore/next"));
      await send("credentials without snapshots", call("GET", "/2021-04-23/credentials"));
    },
  },
  {
    name: "register: what is refused",
    async run({ call: send, started }) {
      await started("probe");
      const post = (step: string, body: string, name = "probe") => send(step, registerCall(name, body));
      await send("no name", { ...call("POST", "/2020-01-01/extension/register"), body: events("[]") });
      await post("empty name", events("[]"), "");
      await post("empty body", "");
      await post("broken JSON", "{bad");
      await post("events that are a string", events('"INVOKE"'));
      await post("events that are numbers", events("[1]"));
      await post("a body that is a string", '"INVOKE"');
      await post("a body that is a list", "[]");
      await post("an unknown event", events('["INVOKE","<FOO>"]'));
      await post("an event in lower case", events('["invoke"]'));
      await post("configurationKeys", '{"events":[],"configurationKeys":["A"]}');
      await post("empty configurationKeys", '{"events":["INVOKE"],"configurationKeys":[]}');
      await post("a second time", events('["INVOKE"]'));
    },
  },
  {
    name: "register: null is a body without events",
    run: async ({ call: send, started }) => {
      await started("probe");
      await send("null", registerCall("probe", "null"));
    },
  },
  {
    name: "register: events twice, unknown keys, features",
    extensions: ["one", "two"],
    async run({ call: send, started }) {
      await Promise.all([started("one"), started("two")]);
      await send("events twice", registerCall("one", '{"events":["INVOKE","INVOKE","SHUTDOWN"],"other":1}'));
      const { headers, ...rest } = registerCall("two", events('["SHUTDOWN"]'));
      await send("unknown feature", {
        ...rest,
        headers: { ...headers, "Lambda-Extension-Accept-Feature": "nothing, other" },
      });
    },
  },
  {
    name: "register: a name that is no file in /opt/extensions",
    async run({ call: send, started }) {
      await started("probe");
      await send("with SHUTDOWN", registerCall("Probe", events('["INVOKE","SHUTDOWN"]')));
      await send("without SHUTDOWN", registerCall("Probe", events('["INVOKE"]')));
      await send("without SHUTDOWN, a second time", registerCall("Probe", events('["INVOKE"]')));
    },
  },
  {
    name: "identifiers",
    async run({ call: send, register }) {
      await register("probe");
      const next = "/2020-01-01/extension/event/next";
      await send("next without", call("GET", next));
      await send("next with none", call("GET", next, { "Lambda-Extension-Identifier": "" }));
      await send("next with a word", nextCall("probe"));
      await send("next with an unknown one", nextCall(unknownId));
      await send("init/error with an unknown one", extensionError("init", unknownId));
      await send("exit/error with an unknown one", extensionError("exit", unknownId));
      await send("exit/error without", { ...extensionError("exit", unknownId), headers: {} });
      await send("telemetry without", { ...call("PUT", "/2022-07-01/telemetry"), body: "{}" });
      await send("telemetry with an unknown one", {
        ...call("PUT", "/2022-07-01/telemetry", { "Lambda-Extension-Identifier": unknownId }),
        body: "{}",
      });
    },
  },
  {
    name: "identifiers: other spellings of a UUID",
    async run({ call: send, register }) {
      await register("probe");
      for (const spelling of [
        `{${unknownId}}`,
        `urn:uuid:${unknownId}`,
        unknownId.replaceAll("-", ""),
        unknownId.toUpperCase(),
      ]) {
        await send(spelling, nextCall(spelling));
      }
    },
  },
];
