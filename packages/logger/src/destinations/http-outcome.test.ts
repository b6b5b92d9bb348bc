import { expect, test } from "vitest";
import { toOutcome } from "./http-outcome.ts";

const nowEpochMs = Date.parse("2026-01-01T00:00:00Z");

test.each([
  [200, undefined, { kind: "sent" }],
  [204, undefined, { kind: "sent" }],
  [408, undefined, { kind: "retry", cause: "status 408" }],
  [429, "3", { kind: "retry", cause: "status 429", afterMs: 3000 }],
  [503, "Thu, 01 Jan 2026 00:00:10 GMT", { kind: "retry", cause: "status 503", afterMs: 10_000 }],
  [503, "Thu, 01 Jan 2025 00:00:10 GMT", { kind: "retry", cause: "status 503", afterMs: 0 }],
  [429, "9".repeat(400), { kind: "retry", cause: "status 429", afterMs: Number.POSITIVE_INFINITY }],
  [429, "-5", { kind: "retry", cause: "status 429", afterMs: 0 }],
  [500, "soon", { kind: "retry", cause: "status 500" }],
  [413, undefined, { kind: "split", cause: "status 413" }],
  [400, undefined, { kind: "drop", cause: "status 400" }],
  [401, "3", { kind: "drop", cause: "status 401" }],
  [301, undefined, { kind: "drop", cause: "status 301" }],
])("status %i with Retry-After %s", (status, retryAfter, outcome) => {
  expect(toOutcome({ status, retryAfter }, nowEpochMs)).toEqual(outcome);
});
