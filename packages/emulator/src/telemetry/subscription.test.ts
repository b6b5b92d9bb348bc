import { expect, test } from "vitest";
import { parseSubscription } from "./subscription.ts";

const schemas = ["2022-07-01", "2022-12-13", "2025-01-29"];
const http = { protocol: "HTTP", URI: "http://sandbox.localdomain:4243" };

function parse(body: unknown): ReturnType<typeof parseSubscription> {
  return parseSubscription(Buffer.from(JSON.stringify(body)), schemas);
}

test("fills in the documented defaults", () => {
  expect(parse({ schemaVersion: "2022-12-13", types: ["platform", "function"], destination: http })).toEqual({
    kind: "ok",
    subscription: {
      schemaVersion: "2022-12-13",
      types: ["platform", "function"],
      destination: { protocol: "HTTP", port: 4243, path: "/", method: "POST" },
      buffering: { maxItems: 10_000, maxBytes: 262_144, timeoutMs: 1000 },
    },
  });
});

test.each([
  [http, { protocol: "HTTP", port: 4243, path: "/", method: "POST" }],
  [
    { ...http, URI: "http://sandbox:1/a/b?c=d" },
    { protocol: "HTTP", port: 1, path: "/a/b?c=d", method: "POST" },
  ],
  [
    { ...http, URI: "http://sandbox:65535?x", method: "PUT", encoding: "JSON" },
    { protocol: "HTTP", port: 65_535, path: "/?x", method: "PUT" },
  ],
  [
    { protocol: "TCP", port: 4243 },
    { protocol: "TCP", port: 4243 },
  ],
])("takes the destination %j", (given, destination) => {
  const parsed = parse({ schemaVersion: "2022-07-01", types: ["platform"], destination: given, unknown: 1 });
  expect(parsed).toMatchObject({ kind: "ok", subscription: { destination } });
});

test.each([
  [
    { destination: { ...http, URI: "http://sandbox.localdomain" }, types: [] },
    ["types should not be empty", "URI port is not provided"],
  ],
  [{ schemaVersion: "2020-01-01" }, ["schemaVersion should be one of 2022-07-01, 2022-12-13, 2025-01-29"]],
  [{ types: ["platform", "runtime"] }, ["types should be among platform, function, extension"]],
  [{ destination: undefined }, ["destination protocol should be HTTP or TCP"]],
  [{ destination: { protocol: "HTTP" } }, ["destination URI is not provided"]],
  [{ destination: { ...http, URI: "https://sandbox:1" } }, ["URI should be http://sandbox.localdomain:port"]],
  [{ destination: { ...http, URI: "http://localhost:1" } }, ["URI host should be sandbox.localdomain"]],
  [{ destination: { ...http, URI: "http://sandbox:9001" } }, ["URI port should be from 1 to 65535, and not 9001"]],
  [{ destination: { protocol: "TCP", port: "1" } }, ["destination port should be from 1 to 65535, and not 9001"]],
  [
    { buffering: { maxItems: 999, maxBytes: 1_048_577, timeoutMs: 24 } },
    [
      "buffering maxItems should be from 1000 to 10000",
      "buffering maxBytes should be from 262144 to 1048576",
      "buffering timeoutMs should be from 25 to 30000",
    ],
  ],
])("refuses %j", (change, problems) => {
  const good = { schemaVersion: "2022-12-13", types: ["platform"], destination: http };
  expect(parse({ ...good, ...change })).toEqual({ kind: "invalid", problems });
});

test("refuses what is not JSON", () => {
  expect(parseSubscription(Buffer.from("{"), schemas)).toMatchObject({
    kind: "invalid",
    problems: [expect.stringContaining("failed to parse JSON")],
  });
});
