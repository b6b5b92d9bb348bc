import type { FetchFailure } from "../aws/classify-failure.ts";
import type { Source, SourceItem } from "../sources/source.ts";
import type { Answer } from "../store/cache.ts";
import type { RequestHandler } from "./connection.ts";
import { parseQuery } from "./parse-query.ts";
import type { Request } from "./parse-request.ts";
import { textReply } from "./reply.ts";
import type { Reply } from "./reply.ts";
import { isTokenValid } from "./token-check.ts";

/**
 * Whether the handler may serve values. `misconfigured`: settings do not parse. `waiting`: a snapshot must not hold
 * secrets; `opened` returns true when values may be served, and false if that takes too long.
 */
export type Readiness =
  | { readonly kind: "ready" }
  | { readonly kind: "misconfigured"; readonly problem: string }
  | { readonly kind: "waiting"; opened(): Promise<boolean> };

/** What the handler makes its answers from. */
export interface AnswerOptions {
  readonly sources: readonly Source[];
  readonly readiness: () => Readiness;
  /** The tokens that the function knows. */
  readonly tokens: () => readonly string[];
  readonly readNow: (item: SourceItem) => Answer | undefined;
  readonly read: (source: Source, item: SourceItem) => Promise<Answer>;
}

/** Clients of the AWS extension know these bodies; some branch on them. */
const opaqueError = "an unexpected error occurred while executing request";
const badToken = "bad session token or header key";
const notReady = "not ready to serve traffic, please wait";

/** The header with the token that only the function knows. */
const tokenHeader = "x-aws-parameters-secrets-token";

/** A request through a proxy does not come from the function: it is forged. */
const proxyHeaders = ["x-forwarded-for", "forwarded"];

/** In characters. Longer causes are cut, because clients limit the length of headers. */
const maxCauseLength = 512;

/**
 * The HTTP contract of the AWS Parameters and Secrets extension, with the cause of an error in headers.
 * Source: https://docs.aws.amazon.com/secretsmanager/latest/userguide/retrieving-secrets_lambda.html
 */
export function createRequestHandler(options: AnswerOptions): RequestHandler {
  const { sources, readiness, tokens, readNow, read } = options;

  function serve(source: Source, request: Request): Reply | Promise<Reply> {
    const parsed = source.parseQuery(parseQuery(request.query));
    if (parsed.kind === "invalid") return textReply(400, parsed.reason);
    const { item } = parsed;
    const answer = readNow(item);
    return answer === undefined ? read(source, item).then(toReply, toBugReply) : toReply(answer);
  }

  return (request) => {
    if (proxyHeaders.some((name) => request.headers.has(name))) return textReply(400, "Forwarded");
    if (!isTokenValid(request.headers.get(tokenHeader), tokens())) return textReply(401, badToken);
    const state = readiness();
    if (state.kind === "misconfigured") {
      return causeReply(opaqueError, { kind: "definite", code: "ConfigError", message: state.problem });
    }
    const source = sources.find((candidate) => candidate.path === request.path);
    if (source === undefined) return textReply(404, "404 page not found");
    if (request.method !== "GET") return textReply(405, "Method Not Allowed", { Allow: "GET" });
    if (request.hasBody) return textReply(400, "a GET must not have a body");
    if (state.kind === "ready") return serve(source, request);
    return state.opened().then((isOpen) => (isOpen ? serve(source, request) : textReply(400, notReady)));
  };
}

/** The last reply for each value: within a second all its hits get the same reply, which is encoded once. */
const lastReplies = new WeakMap<Buffer, { readonly age: number; readonly served: string; readonly reply: Reply }>();

function toReply(answer: Answer): Reply {
  if (answer.kind === "failure") return causeReply(opaqueError, answer.failure);
  const { body, served } = answer;
  const age = Math.floor(answer.ageMs / 1000);
  const last = lastReplies.get(body);
  if (last !== undefined && last.age === age && last.served === served) return last.reply;
  const headers = { Age: String(age), "X-Cache": served.toUpperCase() };
  const reply: Reply = { status: 200, contentType: "application/json", headers, body };
  lastReplies.set(body, { age, served, reply });
  return reply;
}

function toBugReply(error: unknown): Reply {
  return textReply(500, error instanceof Error ? error.message : "BUG: an answer failed");
}

function causeReply(body: string, failure: FetchFailure): Reply {
  return textReply(400, body, {
    "X-Warmer-Error": failure.code,
    "X-Warmer-Error-Message": failure.message.slice(0, maxCauseLength),
    "X-Warmer-Retryable": String(failure.kind === "transient"),
  });
}
