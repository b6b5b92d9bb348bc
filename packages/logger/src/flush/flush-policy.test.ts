import { expect, test } from "vitest";
import { decideFlush } from "./flush-policy.ts";

const config = { budgetMs: 400, intervalMs: 0, batchMaxBytes: 1000 };
const state = {
  pendingItems: 1,
  pendingBytes: 10,
  sinceLastMs: 5,
  remainingMs: 3000,
  isSending: false,
  mayTry: true,
};

test.each([
  ["sends at the end of every invocation", {}, {}, { kind: "send", budgetMs: 400 }],
  ["waits if nothing is pending", { pendingItems: 0 }, {}, { kind: "wait" }],
  ["keeps half a second from the deadline", { remainingMs: 700 }, {}, { kind: "send", budgetMs: 200 }],
  ["waits if the deadline is near", { remainingMs: 500 }, {}, { kind: "wait" }],
  ["waits for an open circuit breaker", { mayTry: false }, {}, { kind: "wait" }],
  ["waits for the interval", { sinceLastMs: 999 }, { intervalMs: 1000 }, { kind: "wait" }],
  ["sends when the interval is over", { sinceLastMs: 1000 }, { intervalMs: 1000 }, { kind: "send", budgetMs: 400 }],
  [
    "sends before the interval is over where a whole batch is ready",
    { pendingBytes: 1000 },
    { intervalMs: 10_000 },
    { kind: "send", budgetMs: 400 },
  ],
  [
    "finishes what is on its way, whatever else",
    { isSending: true, mayTry: false, pendingItems: 0 },
    { intervalMs: 10_000 },
    { kind: "send", budgetMs: 400 },
  ],
  [
    "stops what is on its way at once where the deadline is near",
    { isSending: true, remainingMs: 100 },
    {},
    { kind: "send", budgetMs: 0 },
  ],
])("%s", (_what, changes, settings, expected) => {
  expect(decideFlush({ ...state, ...changes }, { ...config, ...settings })).toEqual(expected);
});
