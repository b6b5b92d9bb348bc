import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Source, SourceItem } from "../sources/source.ts";
import { EntryStore } from "./entry-store.ts";
import type { Entry } from "./entry-store.ts";

const source: Source = {
  noun: "",
  path: "",
  ttlMs: 1,
  timeoutMs: 1,
  warm: [],
  parseQuery: () => ({ kind: "invalid", reason: "" }),
  toBatches: () => [],
  fetch: async () => [],
};
const item: SourceItem = { key: "", id: "", input: {} };
const entry = (text: string, fetchNumber = 1): Entry => ({
  source,
  item,
  body: Buffer.from(text),
  fetchedAt: { wallMs: 0, monotonicMs: 0 },
  ttlMs: 1,
  fetchNumber,
  wasRead: false,
});
const textOf = (found: Entry | undefined) => found?.body.toString();
const roomy = { maxItems: 10, maxBytes: 100_000 };

describe("EntryStore", () => {
  test("drops the entry whose last read is oldest", () => {
    const store = new EntryStore({ ...roomy, maxItems: 2 });
    store.put("a", entry("1"), []);
    store.put("b", entry("2"), []);
    store.read("a");
    store.put("c", entry("3"), []);
    expect([store.peek("a"), store.peek("b"), store.peek("c")].map(textOf)).toEqual(["1", undefined, "3"]);
  });

  test("keeps no entry that is larger than the bound, and no older one in its place", () => {
    const store = new EntryStore({ maxItems: 10, maxBytes: 1000 });
    store.put("a", entry("1"), []);
    store.put("a", entry("x".repeat(1000), 2), []);
    expect(store.peek("a")).toBeUndefined();
    expect(store.bytes).toBe(0);
  });

  test("finds an entry under its aliases until it is gone", () => {
    const store = new EntryStore(roomy);
    store.put("a", entry("1"), ["b", "c"]);
    expect(["a", "b", "c"].map((key) => textOf(store.read(key)))).toEqual(["1", "1", "1"]);
    store.delete("c");
    expect(["a", "b", "c"].map((key) => textOf(store.read(key)))).toEqual([undefined, undefined, undefined]);
    expect(store.resolve("b")).toBe("b");
  });

  test("does not let an earlier fetch overwrite a later one", () => {
    const store = new EntryStore(roomy);
    store.put("a", entry("new", 2), ["b"]);
    store.put("b", entry("old", 1), []);
    expect(textOf(store.read("b"))).toBe("new");
  });

  test("stays within its bounds, and counts right, after any calls", () => {
    const key = fc.constantFrom("a", "b", "c", "d", "e", "f");
    const step = fc.oneof(
      fc.record({
        kind: fc.constant("put" as const),
        key,
        aliases: fc.array(key, { maxLength: 3 }),
        size: fc.integer({ min: 0, max: 1500 }),
      }),
      fc.record({ kind: fc.constant("read" as const), key }),
      fc.record({ kind: fc.constant("delete" as const), key }),
      fc.record({ kind: fc.constant("clear" as const) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const limits = { maxItems: 4, maxBytes: 5000 };
        const store = new EntryStore(limits);
        let fetchNumber = 0;
        for (const action of steps) {
          fetchNumber += 1;
          if (action.kind === "put") store.put(action.key, entry("x".repeat(action.size), fetchNumber), action.aliases);
          else if (action.kind === "clear") store.clear();
          else store[action.kind](action.key);
          expect(store.size).toBeLessThanOrEqual(limits.maxItems);
          expect(store.bytes).toBeLessThanOrEqual(limits.maxBytes);
          expect(store.bytes).toBe([...store.values()].reduce((sum, kept) => sum + 2 * kept.body.length + 512, 0));
          // An alias leads to an entry, and never to another alias.
          for (const name of "abcdef") expect(store.resolve(store.resolve(name))).toBe(store.resolve(name));
          const dangling = ["a", "b", "c", "d", "e", "f"].filter(
            (name) => store.resolve(name) !== name && store.peek(name) === undefined,
          );
          expect(dangling).toEqual([]);
          expect(action.kind !== "put" || store.peek(action.key)?.fetchNumber === fetchNumber).toBe(true);
        }
      }),
    );
  });
});
