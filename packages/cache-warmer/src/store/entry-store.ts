import { ageMs } from "@lambda-extension/core";
import type { Moment } from "@lambda-extension/core";
import type { CacheLimits } from "../config/settings.ts";
import type { Source, SourceItem } from "../sources/source.ts";

type Limits = Pick<CacheLimits, "maxItems" | "maxBytes">;

/** A value that was fetched. Units: milliseconds. */
export interface Entry {
  readonly source: Source;
  readonly item: SourceItem;
  readonly body: Buffer;
  /** When the fetch began: the value was current at this moment, and perhaps not later. */
  readonly fetchedAt: Moment;
  /** The source's time to live, shortened a little at random so that environments do not fetch again together. */
  readonly ttlMs: number;
  /** The number of the fetch that brought it: later fetches have larger numbers. */
  readonly fetchNumber: number;
  /** True if it was read since it was fetched. */
  wasRead: boolean;
}

/**
 * `fresh`: served as it is. `due`: served, and fetched again at the next occasion. `stale`: served only while AWS
 * answers with transient failures. `expired`: not served.
 */
export type Freshness = "fresh" | "due" | "stale" | "expired";

/** An entry is due in the last fifth of its time. */
const dueFrom = 0.8;

/** If the wall clock was set back further than this, it no longer says how old an entry is. */
const clockToleranceMs = 2000;

/** An entry counts with its body twice (as it came, and as it was last sent) and these bytes for keys and objects. */
const overheadBytes = 512;

/**
 * Values under their keys and aliases, bounded by items and bytes: the entry whose last read is oldest goes first.
 * A value that is larger than the bound is not kept.
 */
export class EntryStore {
  readonly #limits: Limits;
  /** In the order of their last read, the oldest first. */
  readonly #entries = new Map<string, Entry>();
  readonly #aliases = new Map<string, string>();
  readonly #aliasesOf = new Map<string, readonly string[]>();
  #bytes = 0;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#entries.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** The key that an alias stands for; any other key stands for itself. */
  resolve(key: string): string {
    return this.#aliases.get(key) ?? key;
  }

  /** The entry under a key or alias; it becomes the last one that was read. */
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

  /** Every entry, the one whose last read is oldest first. */
  values(): Iterable<Entry> {
    return this.#entries.values();
  }

  /** Keeps an entry, unless a later fetch has brought one already. Others give way if there are too many. */
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

  /** Points aliases at a key, but not those that are a key with an entry, or an alias of another key. */
  #alias(key: string, aliases: readonly string[]): void {
    const free = aliases.filter((alias) => alias !== key && !this.#entries.has(alias) && !this.#aliases.has(alias));
    for (const alias of free) this.#aliases.set(alias, key);
    this.#aliasesOf.set(key, free);
  }
}

function sizeOf(entry: Entry): number {
  return 2 * entry.body.length + overheadBytes;
}

/** Judges an entry by its age on both clocks, so that the time of a freeze counts. */
export function judge(entry: Entry, at: Moment, staleIfErrorMs: number): Freshness {
  const age = ageMs(entry.fetchedAt, at);
  const isClockSetBack = at.wallMs < entry.fetchedAt.wallMs - clockToleranceMs;
  if (age >= entry.ttlMs + staleIfErrorMs) return "expired";
  if (age >= entry.ttlMs || isClockSetBack) return "stale";
  return age >= entry.ttlMs * dueFrom ? "due" : "fresh";
}
