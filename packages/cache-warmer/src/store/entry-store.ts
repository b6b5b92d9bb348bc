import { ageMs } from "@lambda-extension/core";
import type { Moment } from "@lambda-extension/core";
import type { Source, SourceItem } from "../sources/source.ts";

/** A value that was fetched. Units: milliseconds. */
export interface Entry {
  readonly source: Source;
  readonly item: SourceItem;
  readonly body: Buffer;
  /** When the fetch began: nothing newer than this can be promised of the value. */
  readonly fetchedAt: Moment;
  /** The source's time to live, a little shortened at random so that environments do not refetch together. */
  readonly ttlMs: number;
  /** The number of the fetch that brought it: later fetches have larger ones. */
  readonly fetchNumber: number;
  /** Whether it was asked for since it was fetched. */
  wasRead: boolean;
}

/**
 * `fresh`: served as it is. `due`: served, but renewed at the next occasion. `stale`: served only while AWS fails in a
 * way that passes. `expired`: not served.
 */
export type Freshness = "fresh" | "due" | "stale" | "expired";

/** The last fifth of its time makes an entry due. */
const dueFrom = 0.8;

/** A wall clock set back further than this says nothing about an entry's age any more. */
const clockToleranceMs = 2000;

/**
 * Bytes an entry is counted with beyond its body, as it came and as it was last sent: keys, aliases and the objects
 * themselves.
 */
const overheadBytes = 512;

/**
 * Values under their keys and aliases, bounded by items and bytes: the least recently read goes first.
 * A value that alone is over the bound is not kept.
 */
export class EntryStore {
  readonly #limits: { readonly maxItems: number; readonly maxBytes: number };
  /** In the order of reading, the oldest first. */
  readonly #entries = new Map<string, Entry>();
  readonly #aliases = new Map<string, string>();
  readonly #aliasesOf = new Map<string, readonly string[]>();
  #bytes = 0;

  constructor(limits: { readonly maxItems: number; readonly maxBytes: number }) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#entries.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** The key an alias stands for; any other key stands for itself. */
  resolve(key: string): string {
    return this.#aliases.get(key) ?? key;
  }

  /** The entry under a key or alias, which becomes the most recently read. */
  read(key: string): Entry | undefined {
    const own = this.resolve(key);
    const entry = this.#entries.get(own);
    if (entry === undefined) return undefined;
    this.#entries.delete(own);
    this.#entries.set(own, entry);
    entry.wasRead = true;
    return entry;
  }

  /** The entry under a key or alias, without counting as a read. */
  peek(key: string): Entry | undefined {
    return this.#entries.get(this.resolve(key));
  }

  /** Every entry, the one read longest ago first. */
  values(): Iterable<Entry> {
    return this.#entries.values();
  }

  /** Keeps an entry, unless a later fetch has brought one already; others give way. */
  put(key: string, entry: Entry, aliases: readonly string[]): void {
    const own = this.resolve(key);
    const present = this.#entries.get(own);
    if (present !== undefined && present.fetchNumber > entry.fetchNumber) return;
    this.delete(own);
    if (sizeOf(entry) > this.#limits.maxBytes) return;
    this.#entries.set(own, entry);
    this.#bytes += sizeOf(entry);
    this.#alias(own, [key, ...aliases]);
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= this.#limits.maxItems && this.#bytes <= this.#limits.maxBytes) break;
      this.delete(oldest);
    }
  }

  /** Forgets the entry under a key or alias, with all its aliases. */
  delete(key: string): void {
    const own = this.resolve(key);
    const entry = this.#entries.get(own);
    if (entry === undefined) return;
    this.#entries.delete(own);
    this.#bytes -= sizeOf(entry);
    for (const alias of this.#aliasesOf.get(own) ?? []) this.#aliases.delete(alias);
    this.#aliasesOf.delete(own);
  }

  /** Forgets everything. */
  clear(): void {
    for (const key of this.#entries.keys()) this.delete(key);
  }

  /** Points aliases at a key. One that has an entry of its own, or belongs to another key, keeps what it has. */
  #alias(key: string, aliases: readonly string[]): void {
    const free = aliases.filter((alias) => alias !== key && !this.#entries.has(alias) && !this.#aliases.has(alias));
    for (const alias of free) this.#aliases.set(alias, key);
    this.#aliasesOf.set(key, free);
  }
}

function sizeOf(entry: Entry): number {
  return 2 * entry.body.length + overheadBytes;
}

/** Judges an entry by its age on both clocks, so that time spent frozen counts. */
export function judge(entry: Entry, at: Moment, staleIfErrorMs: number): Freshness {
  const age = ageMs(entry.fetchedAt, at);
  const isClockSetBack = at.wallMs < entry.fetchedAt.wallMs - clockToleranceMs;
  if (age >= entry.ttlMs + staleIfErrorMs) return "expired";
  if (age >= entry.ttlMs || isClockSetBack) return "stale";
  return age >= entry.ttlMs * dueFrom ? "due" : "fresh";
}
