import { describe, expect, test } from "vitest";
import type { Source, SourceItem } from "../sources/source.ts";
import type { Answer } from "../store/cache.ts";
import { createRequestHandler } from "./answer-request.ts";
import type { AnswerOptions } from "./answer-request.ts";
import { parseRequest } from "./parse-request.ts";

const item: SourceItem = { key: "k", id: "n", input: {} };
const source: Source = {
  noun: "thing",
  path: "/thing/get",
  ttlMs: 1,
  timeoutMs: 1,
  warm: [],
  parseQuery: (query) =>
    query[0]?.name === "name" ? { kind: "item", item } : { kind: "invalid", reason: "name is missing" },
  toBatches: () => [],
  fetch: async () => [],
};
const hit: Answer = { kind: "value", body: Buffer.from('{"a":1}'), served: "hit", ageMs: 61_900 };
const denied: Answer = {
  kind: "failure",
  failure: { kind: "definite", code: "AccessDeniedException", message: `no${"o".repeat(600)}` },
};

async function ask(text: string, overrides: Partial<AnswerOptions> = {}): Promise<string> {
  const options: AnswerOptions = {
    sources: [source],
    readiness: () => ({ kind: "ready" }),
    tokens: () => ["t"],
    readNow: () => hit,
    read: async () => ({ ...hit, served: "miss", ageMs: 0 }),
    ...overrides,
  };
  const parsed = parseRequest(`${text.replaceAll("\n", "\r\n")}\r\n\r\n`);
  if (parsed.kind !== "request") throw new Error(JSON.stringify(parsed));
  const { status, body, headers } = await createRequestHandler(options)(parsed.request);
  return `${status} ${body.toString()} ${JSON.stringify(headers)}`;
}

const token = "X-AWS-Parameters-Secrets-Token: t";

describe("the request handler", () => {
  test.each([
    ["a value", `GET /thing/get?name=n HTTP/1.1\n${token}`, '200 {"a":1} {"Age":"61","X-Cache":"HIT"}'],
    [
      "a path with slashes too many",
      `GET //thing/get/?name=n HTTP/1.1\n${token.toLowerCase()}`,
      '200 {"a":1} {"Age":"61","X-Cache":"HIT"}',
    ],
    ["no token", "GET /thing/get?name=n HTTP/1.1", "401 bad session token or header key {}"],
    [
      "a wrong token",
      "GET /thing/get?name=n HTTP/1.1\nX-Aws-Parameters-Secrets-Token: T",
      "401 bad session token or header key {}",
    ],
    [
      "a wrong token for no path",
      "GET /nothing HTTP/1.1\nX-Aws-Parameters-Secrets-Token: T",
      "401 bad session token or header key {}",
    ],
    ["a forwarded request", `GET /thing/get?name=n HTTP/1.1\nX-Forwarded-For: 1.2.3.4\n${token}`, "400 Forwarded {}"],
    ["a missing name", `GET /thing/get HTTP/1.1\n${token}`, "400 name is missing {}"],
    ["another path", `GET /thing HTTP/1.1\n${token}`, "404 404 page not found {}"],
    ["another method", `POST /thing/get?name=n HTTP/1.1\n${token}`, '405 Method Not Allowed {"Allow":"GET"}'],
    ["a body", `GET /thing/get?name=n HTTP/1.1\nContent-Length: 1\n${token}`, "400 a GET must not have a body {}"],
  ])("answers %s", async (_what, request, expected) => {
    expect(await ask(request)).toBe(expected);
  });

  const get = `GET /thing/get?name=n HTTP/1.1\n${token}`;

  test("waits for a value that must be fetched", async () => {
    expect(await ask(get, { readNow: () => undefined })).toBe('200 {"a":1} {"Age":"0","X-Cache":"MISS"}');
  });

  test("answers every failure with the words of the AWS extension, and the cause in headers", async () => {
    expect(await ask(get, { readNow: () => denied })).toBe(
      "400 an unexpected error occurred while executing request " +
        `{"X-Warmer-Error":"AccessDeniedException","X-Warmer-Error-Message":"no${"o".repeat(510)}","X-Warmer-Retryable":"false"}`,
    );
  });

  test("tells the problems of the settings to the function alone", async () => {
    const readiness = () => ({ kind: "misconfigured", problem: "PORT: expected a number" }) as const;
    expect(await ask(get, { sources: [], readiness })).toContain(
      '"X-Warmer-Error":"ConfigError","X-Warmer-Error-Message":"PORT: expected a number"',
    );
    expect(await ask("GET / HTTP/1.1", { sources: [], readiness })).toMatch(/^401 /);
  });

  test("serves nothing before a snapshot, and answers a waiting read after the restore", async () => {
    const waiting = (isOpen: boolean) => () => ({ kind: "waiting", opened: async () => isOpen }) as const;
    expect(await ask(get, { readiness: waiting(false) })).toBe("400 not ready to serve traffic, please wait {}");
    expect(await ask(get, { readiness: waiting(true) })).toMatch(/^200 /);
  });
});
