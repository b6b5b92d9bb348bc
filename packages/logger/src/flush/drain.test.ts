import { createDeadline } from "@lambda-extension/core";
import { describe, expect, test } from "vitest";
import { createLine, createMessages, createScripted, timerClock } from "../../test/fakes.ts";
import type { Script } from "../../test/fakes.ts";
import { Ledger } from "../account/ledger.ts";
import { BoundedBuffer } from "../buffer/bounded-buffer.ts";
import { drain } from "./drain.ts";

async function drained(ids: string, script: Script, options: { readonly batchMaxBytes?: number } = {}) {
  const buffer = new BoundedBuffer({ maxItems: 1000, maxBytes: 1_000_000 });
  const ledger = new Ledger();
  const destination = createScripted(script);
  const { said, messages } = createMessages();
  for (const id of ids.split(" ")) buffer.add(createLine(id));
  ledger.receive(buffer.items);
  const deadline = createDeadline({ timeoutMs: 60_000, clock: timerClock });
  const result = await drain({ buffer, destination, ledger, messages, batchMaxBytes: 1000, ...options }, deadline);
  deadline.close();
  return { result, buffer, ledger, said, ...destination };
}

const sent = { kind: "sent" } as const;

describe("drain", () => {
  test("sends batch after batch until no line waits", async () => {
    const { result, batches, delivered, ledger } = await drained("a b c", () => sent, { batchMaxBytes: 25 });
    expect(result).toEqual({ kind: "empty", settled: 3 });
    expect(batches.map((batch) => batch.lines.length)).toEqual([2, 1]);
    expect(delivered).toEqual(["a", "b", "c"]);
    expect(ledger.toLine(0)).toBe("account: 3 received = 3 delivered + 0 dropped + 0 pending");
  });

  test("keeps a batch that the destination did not take, and stops", async () => {
    const { result, batches, buffer, ledger } = await drained(
      "a b c",
      ({ key }) => (key === "a+1" ? sent : { kind: "retry", cause: "status 500", afterMs: 7 }),
      { batchMaxBytes: 25 },
    );
    expect(result).toEqual({ kind: "unfinished", settled: 2, cause: "status 500", afterMs: 7 });
    expect(batches).toHaveLength(2);
    expect(buffer.items).toBe(1);
    expect(ledger.delivered).toBe(2);
  });

  test("keeps a batch if the destination throws", async () => {
    const { result, buffer } = await drained("a", () => {
      throw new TypeError("token=secret");
    });
    expect(result).toEqual({ kind: "unfinished", settled: 0, cause: "TypeError" });
    expect(buffer.take(1000)?.lines).toHaveLength(1);
  });

  test("halves a batch that is too large until it fits", async () => {
    const { delivered, batches, ledger } = await drained("a b c d e", (batch) =>
      batch.lines.length > 2 ? { kind: "split", cause: "status 413" } : sent,
    );
    expect(batches.map((batch) => batch.lines.length)).toEqual([5, 3, 2, 1, 2]);
    expect(delivered).toEqual(["a", "b", "c", "d", "e"]);
    expect(ledger.delivered).toBe(5);
  });

  test("drops one line that alone is too large, says what to set, and sends its neighbours", async () => {
    const { delivered, ledger, said } = await drained("a b c", (batch) =>
      batch.lines.some((line) => line.id === "b") ? { kind: "split", cause: "status 413" } : sent,
    );
    expect(delivered).toEqual(["a", "c"]);
    expect(ledger.dropped("too-large")).toBe(1);
    expect(said).toHaveLength(1);
    expect(said[0]).toContain("LOGGER_BATCH_MAX_BYTES");
  });

  test("drops a batch that is refused for good, counts it, and reports it once", async () => {
    const { result, ledger, said } = await drained("a b c", () => ({ kind: "drop", cause: "status 401" }), {
      batchMaxBytes: 12,
    });
    expect(result).toEqual({ kind: "empty", settled: 3 });
    expect(ledger.dropped("rejected")).toBe(3);
    expect(said).toHaveLength(1);
    expect(said[0]).toContain("status 401");
  });
});
