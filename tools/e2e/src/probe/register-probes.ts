import type { ApiCall } from "./api-call.ts";
import { extensionError, nextCall, registerCall } from "./calls.ts";
import { probe } from "./probe.ts";
import type { Probe, ProbeSession } from "./probe.ts";

const unknownId = "01234567-89ab-cdef-0123-456789abcdef";
const next = "/2020-01-01/extension/event/next";
const telemetry = "/2022-07-01/telemetry";
const events = (list: string): string => `{"events":${list}}`;
const call = (method: ApiCall["method"], path: string, identifier?: string): ApiCall => ({
  method,
  path,
  headers: identifier === undefined ? {} : { "Lambda-Extension-Identifier": identifier },
});

/** Sends calls by their steps, one after another. */
async function sendAll(session: ProbeSession, calls: Readonly<Record<string, ApiCall>>): Promise<void> {
  for (const [step, call] of Object.entries(calls)) await session.call(step, call);
}

/** Routes, and `POST /extension/register`. */
export const registerProbes: readonly Probe[] = [
  probe("routes", async (session) => {
    await session.started("probe");
    await sendAll(session, {
      "unknown route": call("GET", "/2020-01-01/extension/nothing"),
      root: call("GET", "/"),
      "wrong method": call("GET", "/2020-01-01/extension/register"),
      "wrong method of next": call("POST", next),
      "telemetry with a trailing slash": call("PUT", `${telemetry}/`),
      ping: call("GET", "/2018-06-01/ping"),
      "restore without snapshots": call("GET", "/2018-06-01/runtime/restore/next"),
      "credentials without snapshots": call("GET", "/2021-04-23/credentials"),
    });
  }),
  probe("register: what is refused", async (session) => {
    await session.started("probe");
    await sendAll(session, {
      "no name": { ...call("POST", "/2020-01-01/extension/register"), body: events("[]") },
      "empty name": registerCall("", events("[]")),
      "empty body": registerCall("probe", ""),
      "broken JSON": registerCall("probe", "{bad"),
      "events that are a string": registerCall("probe", events('"INVOKE"')),
      "events that are numbers": registerCall("probe", events("[1]")),
      "a body that is a string": registerCall("probe", '"INVOKE"'),
      "a body that is a list": registerCall("probe", "[]"),
      "an unknown event": registerCall("probe", events('["INVOKE","<FOO>"]')),
      "an event in lower case": registerCall("probe", events('["invoke"]')),
      configurationKeys: registerCall("probe", '{"events":[],"configurationKeys":["A"]}'),
      "empty configurationKeys": registerCall("probe", '{"events":["INVOKE"],"configurationKeys":[]}'),
      "a second time": registerCall("probe", events('["INVOKE"]')),
    });
  }),
  probe("register: null is a body without events", async (session) => {
    await session.started("probe");
    await session.call("null", registerCall("probe", "null"));
  }),
  {
    name: "register: events twice, unknown keys, features",
    extensions: ["one", "two"],
    async run(session) {
      await Promise.all([session.started("one"), session.started("two")]);
      const feature = { "Lambda-Extension-Accept-Feature": "nothing, other" };
      await sendAll(session, {
        "events twice": registerCall("one", '{"events":["INVOKE","INVOKE","SHUTDOWN"],"other":1}'),
        "unknown feature": registerCall("two", events('["SHUTDOWN"]'), feature),
      });
    },
  },
  probe("register: a name that is no file in /opt/extensions", async (session) => {
    await session.started("probe");
    await sendAll(session, {
      "with SHUTDOWN": registerCall("Probe", events('["INVOKE","SHUTDOWN"]')),
      "without SHUTDOWN": registerCall("Probe", events('["INVOKE"]')),
      "without SHUTDOWN, a second time": registerCall("Probe", events('["INVOKE"]')),
    });
  }),
  probe("identifiers", async (session) => {
    await session.register("probe");
    await sendAll(session, {
      "next without": call("GET", next),
      "next with none": call("GET", next, ""),
      "next with a word": nextCall("probe"),
      "next with an unknown one": nextCall(unknownId),
      "init/error with an unknown one": extensionError("init", unknownId),
      "exit/error with an unknown one": extensionError("exit", unknownId),
      "exit/error without": { ...extensionError("exit", unknownId), headers: {} },
      "telemetry without": { ...call("PUT", telemetry), body: "{}" },
      "telemetry with an unknown one": { ...call("PUT", telemetry, unknownId), body: "{}" },
    });
  }),
  probe("identifiers: other spellings of a UUID", async (session) => {
    await session.register("probe");
    const bare = unknownId.replaceAll("-", "");
    for (const spelling of [`{${unknownId}}`, `urn:uuid:${unknownId}`, bare, unknownId.toUpperCase()]) {
      await session.call(spelling, nextCall(spelling));
    }
  }),
];
