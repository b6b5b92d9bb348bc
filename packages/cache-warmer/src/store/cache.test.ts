import * as fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";
import { createFakeClock } from "../../test/support/fake-clock.ts";
import type { FakeClock } from "../../test/support/fake-clock.ts";
import type { FetchFailure } from "../aws/classify-failure.ts";
import type { Fetched, Source, SourceItem } from "../sources/source.ts";
import { Cache } from "./cache.ts";
import type { Answer } from "./cache.ts";

const transient: FetchFailure = { kind: "transient", code: "ThrottlingException", message: "slow down" };
const definite: FetchFailure = { kind: "definite", code: "AccessDeniedException", message: "no" };
const minute = 60_000;

/** A source whose fetches land when the test says so. */
function createFakeSource(
  options: { readonly ttlMs?: number; readonly warm?: readonly string[]; readonly batchSize?: number } = {},
) {
  const { ttlMs = minute, warm = [], batchSize = 10 } = options;
  const batches: { readonly ids: readonly string[]; land(outcome: (id: string) => Fetched): void }[] = [];
  const source: Source = {
    noun: "thing",
    path: "/thing",
    ttlMs,
    timeoutMs: 1000,
    warm: warm.map(itemOf),
    parseQuery: () => ({ kind: "invalid", reason: "" }),
    toBatches: (items) =>
      Array.from({ length: Math.ceil(items.length / batchSize) }, (_, index) =>
        items.slice(index * batchSize, (index + 1) * batchSize),
      ),
    fetch: (batch) =>
      new Promise((resolve) => {
        const ids = batch.map((item) => item.id);
        batches.push({ ids, land: (outcome) => resolve(ids.map(outcome)) });
      }),
  };
  return { source, batches };
}

function itemOf(id: string): SourceItem {
  return { key: id, id, input: {} };
}

const found = (text: string, ...aliases: string[]): Fetched => ({ kind: "found", body: Buffer.from(text), aliases });
const show = (answer: Answer | undefined) =>
  answer === undefined
    ? "nothing"
    : answer.kind === "value"
      ? `${answer.served} ${answer.body.toString()}`
      : answer.failure.code;

let clock: FakeClock;
let failures: string[];
const create = (overrides: { readonly maxItems?: number } = {}) =>
  new Cache({
    maxItems: 100,
    maxBytes: 1_000_000,
    staleIfErrorMs: 10 * minute,
    negativeTtlMs: 5000,
    clock,
    random: () => 0.5,
    deadline: () => ({ signal: new AbortController().signal, close: () => {} }),
    onFailure: (_source, item, failure) => failures.push(`${item.id} ${failure.code}`),
    ...overrides,
  });
beforeEach(() => {
  clock = createFakeClock();
  failures = [];
});

/** Reads, lets the fetch land if the read started one, and returns the answer as text. */
async function readWith(
  cache: Cache,
  fake: ReturnType<typeof createFakeSource>,
  outcome: Fetched,
  id = "a",
): Promise<string> {
  const before = fake.batches.length;
  const answer = cache.read(fake.source, itemOf(id));
  if (fake.batches.length > before) fake.batches.at(-1)?.land(() => outcome);
  return show(await answer);
}

describe("Cache", () => {
  test("fetches once, serves until the time to live ends, and fetches again", async () => {
    const fake = createFakeSource();
    const cache = create();
    expect(await readWith(cache, fake, found("1"))).toBe("miss 1");
    clock.advance(minute * 0.94);
    expect(await readWith(cache, fake, found("2"))).toBe("hit 1");
    clock.advance(minute * 0.02);
    expect(await readWith(cache, fake, found("2"))).toBe("miss 2");
  });

  test("counts the time of a freeze", async () => {
    const fake = createFakeSource();
    const cache = create();
    await readWith(cache, fake, found("1"));
    clock.freeze(minute);
    expect(await readWith(cache, fake, found("2"))).toBe("miss 2");
  });

  test("counts from when the fetch began, not from when it landed after a freeze", async () => {
    const fake = createFakeSource();
    const cache = create();
    const first = cache.read(fake.source, itemOf("a"));
    clock.freeze(minute);
    fake.batches[0]?.land(() => found("1"));
    await first;
    expect(cache.readNow(itemOf("a"))).toBeUndefined();
  });

  test("fetches again if the wall clock was set back", async () => {
    const fake = createFakeSource();
    const cache = create();
    await readWith(cache, fake, found("1"));
    clock.stepWall(-minute);
    expect(await readWith(cache, fake, found("2"))).toBe("miss 2");
  });

  test("lets a thousand readers of one cold key share one fetch", async () => {
    const fake = createFakeSource();
    const cache = create();
    const answers = Array.from({ length: 1000 }, () => cache.read(fake.source, itemOf("a")));
    expect(fake.batches).toHaveLength(1);
    fake.batches[0]?.land(() => found("1"));
    expect(new Set((await Promise.all(answers)).map(show))).toEqual(new Set(["miss 1"]));
  });

  test("serves a stale value after a transient failure, and pauses before the next fetch", async () => {
    const fake = createFakeSource();
    const cache = create();
    await readWith(cache, fake, found("1"));
    clock.advance(minute);
    expect(await readWith(cache, fake, transient)).toBe("stale 1");
    expect(await readWith(cache, fake, found("2"))).toBe("stale 1");
    expect(fake.batches).toHaveLength(2);
    clock.advance(250);
    expect(await readWith(cache, fake, found("2"))).toBe("miss 2");
  });

  test("serves no value that is older than the limit for stale values", async () => {
    const fake = createFakeSource();
    const cache = create();
    await readWith(cache, fake, found("1"));
    clock.advance(11 * minute);
    expect(await readWith(cache, fake, transient)).toBe("ThrottlingException");
  });

  test("forgets a value after a definite failure, and remembers the failure for a moment", async () => {
    const fake = createFakeSource();
    const cache = create();
    await readWith(cache, fake, found("1"));
    clock.advance(minute);
    expect(await readWith(cache, fake, definite)).toBe("AccessDeniedException");
    expect(await readWith(cache, fake, found("2"))).toBe("AccessDeniedException");
    expect(failures).toEqual(["a AccessDeniedException"]);
    clock.advance(5000);
    expect(await readWith(cache, fake, transient)).toBe("ThrottlingException");
    expect(await readWith(cache, fake, found("3"))).toBe("miss 3");
  });

  test("keeps nothing if the time to live is 0", async () => {
    const fake = createFakeSource({ ttlMs: 0 });
    const cache = create();
    expect(await readWith(cache, fake, found("1"))).toBe("miss 1");
    expect(await readWith(cache, fake, found("2"))).toBe("miss 2");
  });

  test("answers a read from the fetch that warms its name", async () => {
    const fake = createFakeSource({ warm: ["a", "b"] });
    const cache = create();
    const warmed = cache.warm(fake.source, fake.source.warm);
    const answer = cache.read(fake.source, itemOf("b"));
    expect(fake.batches.map((batch) => batch.ids)).toEqual([["a", "b"]]);
    fake.batches[0]?.land((id) => (id === "a" ? definite : found(id)));
    expect(show(await answer)).toBe("miss b");
    expect(await warmed).toEqual([{ item: itemOf("a"), failure: definite }]);
  });

  test("waits for the fetch of a sibling that brings its value", async () => {
    const fake = createFakeSource();
    const cache = create();
    void cache.read(fake.source, itemOf("a1"));
    const answer = cache.read(fake.source, { ...itemOf("a2"), siblingKey: "a1" });
    fake.batches[0]?.land(() => found("1", "a2"));
    expect(show(await answer)).toBe("hit 1");
    expect(fake.batches).toHaveLength(1);
  });

  test("fetches a value that the sibling's fetch does not bring", async () => {
    const fake = createFakeSource();
    const cache = create();
    void cache.read(fake.source, itemOf("a1"));
    const answer = cache.read(fake.source, { ...itemOf("a2"), siblingKey: "a1" });
    fake.batches[0]?.land(() => found("1"));
    await expect.poll(() => fake.batches.length).toBe(2);
    fake.batches[1]?.land(() => found("2"));
    expect(show(await answer)).toBe("miss 2");
  });

  test("finds a value under every name in the answer", async () => {
    const fake = createFakeSource();
    const cache = create();
    await readWith(cache, fake, found("1", "arn:a"));
    expect(show(cache.readNow(itemOf("arn:a")))).toBe("hit 1");
  });

  test("renews the due values that are kept warm or were read", async () => {
    const fake = createFakeSource({ warm: ["warm"] });
    const cache = create();
    void cache.warm(fake.source, fake.source.warm);
    fake.batches[0]?.land(() => found("0"));
    await readWith(cache, fake, found("1"), "read");
    await readWith(cache, fake, found("1"), "unread");
    cache.readNow(itemOf("read"));
    void cache.refreshDue([fake.source]);
    expect(fake.batches).toHaveLength(3);
    clock.advance(minute * 0.8);
    void cache.refreshDue([fake.source]);
    expect(fake.batches.slice(3).map((batch) => batch.ids)).toEqual([["warm", "read"]]);
    expect(show(cache.readNow(itemOf("read")))).toBe("hit 1");
  });

  test("renews a value by its ARN for the name that it was warmed by, too", async () => {
    const fake = createFakeSource({ warm: ["a"] });
    const cache = create();
    void cache.warm(fake.source, fake.source.warm);
    fake.batches[0]?.land(() => found("1", "arn:a"));
    await expect.poll(() => show(cache.readNow(itemOf("arn:a")))).toBe("hit 1");
    clock.advance(minute * 0.8);
    void cache.refreshDue([fake.source]);
    fake.batches[1]?.land(() => found("2", "arn:a"));
    await expect.poll(() => show(cache.readNow(itemOf("a")))).toBe("hit 2");
    expect(show(cache.readNow(itemOf("arn:a")))).toBe("hit 2");
    expect(fake.batches).toHaveLength(2);
  });

  test("does not fetch a refused name again at every invocation", async () => {
    const fake = createFakeSource({ warm: ["a"] });
    const cache = create();
    void cache.refreshDue([fake.source]);
    fake.batches[0]?.land(() => definite);
    await expect.poll(() => failures).toHaveLength(1);
    clock.advance(minute - 1);
    await cache.refreshDue([fake.source]);
    expect(fake.batches).toHaveLength(1);
    clock.advance(1);
    void cache.refreshDue([fake.source]);
    expect(fake.batches).toHaveLength(2);
  });

  test("keeps no value of a fetch that was in flight at clear", async () => {
    const fake = createFakeSource();
    const cache = create();
    const before = cache.read(fake.source, itemOf("a"));
    cache.clear();
    const after = cache.read(fake.source, itemOf("a"));
    fake.batches[1]?.land(() => found("new"));
    expect(show(await after)).toBe("miss new");
    fake.batches[0]?.land(() => found("old"));
    await before;
    expect(show(cache.readNow(itemOf("a")))).toBe("hit new");
  });

  test("turns a source that breaks its promise into a transient failure", async () => {
    const fake = createFakeSource();
    const cache = create();
    const broken: Source = { ...fake.source, fetch: () => Promise.reject(new Error("BUG")) };
    expect(show(await cache.read(broken, itemOf("a")))).toBe("InternalError");
    const forgetful: Source = { ...fake.source, fetch: async () => [] };
    expect(show(await cache.read(forgetful, itemOf("b")))).toBe("InternalError");
  });

  test("never serves a value that is too old, older than before, or refused", async () => {
    const id = fc.constantFrom("a", "b");
    const step = fc.oneof(
      fc.record({ kind: fc.constant("read" as const), id }),
      fc.record({
        kind: fc.constant("land" as const),
        outcome: fc.constantFrom("found", "transient", "definite"),
        newest: fc.boolean(),
      }),
      fc.record({ kind: fc.constant("advance" as const), ms: fc.integer({ min: 1, max: 2 * minute }) }),
      fc.record({ kind: fc.constant("freeze" as const), ms: fc.integer({ min: 1, max: 20 * minute }) }),
      fc.record({ kind: fc.constant("refresh" as const) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        clock = createFakeClock();
        const fake = createFakeSource();
        const cache = create();
        /** The model: a version is the wall time at which its fetch began. */
        const launched: { ids: readonly string[]; version: number; isTransientSince: Set<string> }[] = [];
        const served = new Map<string, number>();
        const revokedAt = new Map<string, number>();
        const pending: Promise<void>[] = [];
        const isFailing = new Set<string>();
        let landed = 0;
        const note = () => {
          while (launched.length < fake.batches.length) {
            launched.push({
              ids: fake.batches[launched.length]?.ids ?? [],
              version: clock.wallMs(),
              isTransientSince: new Set(),
            });
          }
          const inFlight = launched.slice(landed).flatMap(({ ids }) => ids);
          expect(new Set(inFlight).size).toBe(inFlight.length);
        };
        const check = (name: string, answer: Answer) => {
          if (answer.kind === "failure") return;
          const version = Number(answer.body.toString());
          const age = clock.wallMs() - version;
          const isAllowed = { hit: age < minute, miss: true, stale: age < 11 * minute && isFailing.has(name) }[
            answer.served
          ];
          expect(isAllowed, `${answer.served} after ${age} ms`).toBe(true);
          expect(version).toBeGreaterThanOrEqual(served.get(name) ?? 0);
          expect(version).toBeGreaterThan(revokedAt.get(name) ?? 0);
          served.set(name, version);
        };
        for (const action of steps) {
          if (action.kind === "read") {
            const now = cache.readNow(itemOf(action.id));
            if (now === undefined) {
              pending.push(cache.read(fake.source, itemOf(action.id)).then((answer) => check(action.id, answer)));
            } else check(action.id, now);
          } else if (action.kind === "refresh") void cache.refreshDue([fake.source]);
          else if (action.kind === "advance") clock.advance(action.ms);
          else if (action.kind === "freeze") clock.freeze(action.ms);
          else if (landed < launched.length) {
            const flight = launched[landed];
            const outcome = action.outcome;
            for (const name of flight?.ids ?? []) {
              if (outcome === "transient") isFailing.add(name);
              else isFailing.delete(name);
              if (outcome === "definite") revokedAt.set(name, flight?.version ?? 0);
            }
            fake.batches[landed]?.land(() =>
              outcome === "found" ? found(String(flight?.version)) : outcome === "transient" ? transient : definite,
            );
            landed += 1;
            // After a turn of the event loop every promise that depends on the landing has settled.
            await new Promise((resolve) => setImmediate(resolve));
          }
          note();
        }
        for (const batch of fake.batches) batch.land(() => definite);
        await Promise.all(pending);
      }),
      { numRuns: 300 },
    );
  });
});
