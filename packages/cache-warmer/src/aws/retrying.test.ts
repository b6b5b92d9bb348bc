import { describe, expect, test } from "vitest";
import type { AwsFailure, AwsOutcome } from "./classify-failure.ts";
import { retrying } from "./retrying.ts";

const failed = (kind: AwsFailure["kind"], code: string = kind): AwsFailure => ({ kind, code, message: "" });
const expired: AwsFailure = { ...failed("transient", "expired"), isExpired: true };
const ok: AwsOutcome = { kind: "ok", output: {} };

/** Runs against a script of outcomes; the signal aborts after `abortAfter` calls. */
async function run(script: readonly AwsOutcome[], options: { readonly abortAfter?: number } = {}) {
  const waits: number[] = [];
  let renewals = 0;
  let calls = 0;
  const controller = new AbortController();
  const call = retrying(
    async () => {
      const outcome = script[Math.min(calls, script.length - 1)] ?? ok;
      calls += 1;
      if (calls === options.abortAfter) controller.abort();
      return outcome;
    },
    {
      maxAttempts: 5,
      baseMs: 100,
      capMs: 300,
      random: () => 0.5,
      wait: async (ms) => void waits.push(ms),
      onExpired: () => (renewals += 1),
    },
  );
  const outcome = await call("Op", {}, controller.signal);
  // The mark is for this decorator alone.
  expect(outcome).not.toHaveProperty("isExpired");
  return { end: outcome.kind === "ok" ? "ok" : outcome.code, calls, waits, renewals };
}

describe("retrying", () => {
  test("tries again with full jitter up to the cap", async () => {
    expect(await run([failed("transient")])).toEqual({
      end: "transient",
      calls: 5,
      waits: [50, 100, 150, 150],
      renewals: 0,
    });
  });

  test("stops at the first success", async () => {
    expect(await run([failed("transient"), ok])).toMatchObject({ end: "ok", calls: 2 });
  });

  test("does not repeat a call that is refused", async () => {
    expect(await run([failed("definite")])).toMatchObject({ calls: 1, waits: [] });
  });

  test("tries once more, at once, with fresh credentials", async () => {
    expect(await run([expired, ok])).toEqual({ end: "ok", calls: 2, waits: [], renewals: 1 });
    expect(await run([expired])).toMatchObject({ end: "expired", calls: 2, renewals: 1 });
  });

  test("stops when the time is over, and returns the last answer of the service", async () => {
    expect(
      await run([failed("transient", "ThrottlingException"), failed("transient", "TimeoutError")], { abortAfter: 2 }),
    ).toMatchObject({
      end: "ThrottlingException",
      calls: 2,
    });
    expect(await run([failed("transient", "TimeoutError")], { abortAfter: 1 })).toMatchObject({
      end: "TimeoutError",
      calls: 1,
    });
  });
});
