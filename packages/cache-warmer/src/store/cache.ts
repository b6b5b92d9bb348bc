import { ageMs, now, retryDelayMs } from "@lambda-extension/core";
import type { Clock, Moment } from "@lambda-extension/core";
import type { FetchFailure } from "../aws/classify-failure.ts";
import type { CacheLimits } from "../config/settings.ts";
import type { Fetched, Source, SourceItem } from "../sources/source.ts";
import { EntryStore, judge } from "./entry-store.ts";
import type { Entry } from "./entry-store.ts";

/** What a reader gets. `served` says where the value comes from, `ageMs` how old it was when it was read. */
export type Answer =
  | { readonly kind: "value"; readonly body: Buffer; readonly served: "hit" | "miss" | "stale"; readonly ageMs: number }
  | { readonly kind: "failure"; readonly failure: FetchFailure };

/** An item that could not be warmed. */
export interface WarmFailure {
  readonly item: SourceItem;
  readonly failure: FetchFailure;
}

/** How the cache is bounded, and what it needs of its process. */
export interface CacheOptions extends CacheLimits {
  readonly clock: Clock;
  /** From 0 (included) to 1 (excluded). */
  readonly random: () => number;
  /** Returns a signal that aborts after `ms`, unless it is closed before. */
  readonly deadline: (ms: number) => { readonly signal: AbortSignal; close(): void };
  /** Called for each item whose fetch failed. */
  readonly onFailure: (source: Source, item: SourceItem, failure: FetchFailure) => void;
}

/** A definite failure that the cache remembers, or a pause after a transient one. */
interface Setback {
  readonly failure: FetchFailure;
  readonly since: Moment;
  readonly forMs: number;
  readonly inARow: number;
}

/** The outcome of a fetch for one of its items. */
interface Landed extends Pick<Entry, "source" | "item" | "fetchNumber" | "fetchedAt"> {
  readonly fetched: Fetched;
}

/** Shortens the time to live by up to a tenth. */
const jitter = 0.1;

/** How long reads get the stale value without a fetch after transient failures: up to 0.5 s, doubling up to 30 s. */
const pause = { baseMs: 500, capMs: 30_000 };

/**
 * Reads through to the sources: has one fetch of a key at a time, serves values for their time to live and stale values
 * during transient failures; remembers definite failures for a moment.
 * Invariant: a value that is served was current within its time to live, or within `staleIfErrorMs` more while AWS
 * fails.
 */
export class Cache {
  readonly #options: CacheOptions;
  readonly #entries: EntryStore;
  readonly #setbacks = new Map<string, Setback>();
  readonly #flights = new Map<string, Promise<Fetched>>();
  #fetches = 0;
  /** Fetches up to this number began before `clear`: their values are not kept. */
  #cleared = 0;

  constructor(options: CacheOptions) {
    this.#options = options;
    this.#entries = new EntryStore(options);
  }

  /** The value if the cache can serve it at once. Nearly every read ends here. */
  readNow(item: SourceItem): Answer | undefined {
    return this.#kept(item, "hit");
  }

  /**
   * The value, fetched if necessary. Never rejects. Waits for one fetch, or for a sibling's and then its own, each
   * within the source's timeout.
   */
  async read(source: Source, item: SourceItem): Promise<Answer> {
    let present = this.#present(item);
    const sibling = present === undefined ? this.#siblingFlight(item) : undefined;
    if (sibling !== undefined) {
      await sibling;
      present = this.#present(item);
    }
    if (present !== undefined) return present;
    this.#launch(source, [item]);
    const fetched = await this.#flights.get(this.#entries.resolve(item.key));
    if (fetched === undefined) throw new Error("BUG: a fetch was launched and is not in flight");
    if (fetched.kind === "found") return { kind: "value", body: fetched.body, served: "miss", ageMs: 0 };
    return (fetched.kind === "transient" && this.#kept(item, "stale")) || { kind: "failure", failure: fetched };
  }

  /**
   * Fetches those items that are neither fresh nor in flight, in the source's batches.
   * Returns every failure when all fetches have landed.
   */
  async warm(source: Source, items: readonly SourceItem[]): Promise<readonly WarmFailure[]> {
    const wanted = new Map(
      items.filter((item) => this.#needsFetch(source, item)).map((item) => [this.#entries.resolve(item.key), item]),
    );
    for (const batch of source.toBatches([...wanted.values()])) this.#launch(source, batch);
    const landed = await Promise.all(
      [...wanted].map(async ([key, item]) => ({ item, fetched: await this.#flights.get(key) })),
    );
    return landed.flatMap(({ item, fetched }) =>
      fetched === undefined || fetched.kind === "found" ? [] : [{ item, failure: fetched }],
    );
  }

  /**
   * Fetches the items that are due: those that a source keeps warm, and those that were read since their last fetch.
   * Resolves when all fetches have landed.
   */
  async refreshDue(sources: readonly Source[]): Promise<void> {
    const read = [...this.#entries.values()].filter((entry) => entry.wasRead);
    const readFrom = (source: Source) => read.filter((entry) => entry.source === source).map((entry) => entry.item);
    const keeping = sources.filter((source) => source.ttlMs > 0);
    await Promise.all(keeping.map((source) => this.warm(source, [...source.warm, ...readFrom(source)])));
  }

  /** Forgets everything, also the values of fetches that are in flight. */
  clear(): void {
    this.#entries.clear();
    this.#setbacks.clear();
    this.#flights.clear();
    this.#cleared = this.#fetches;
  }

  /** The answer that needs no fetch. */
  #present(item: SourceItem): Answer | undefined {
    return this.readNow(item) ?? this.#setBack(item);
  }

  /** A sibling's fetch that may bring this item's value, if its own is not in flight: one call instead of two. */
  #siblingFlight(item: SourceItem): Promise<Fetched> | undefined {
    if (item.siblingKey === undefined || this.#flights.has(this.#entries.resolve(item.key))) return undefined;
    return this.#flights.get(this.#entries.resolve(item.siblingKey));
  }

  /** After a definite failure, warming and renewal wait for a whole time to live; a read may fetch the item sooner. */
  #needsFetch(source: Source, item: SourceItem): boolean {
    const at = now(this.#options.clock);
    const setback = this.#setbacks.get(this.#entries.resolve(item.key));
    const pauseMs = setback?.failure.kind === "definite" ? source.ttlMs : setback?.forMs;
    if (setback !== undefined && ageMs(setback.since, at) < (pauseMs ?? 0)) return false;
    const entry = this.#entries.peek(item.key);
    return entry === undefined || judge(entry, at, this.#options.staleIfErrorMs) !== "fresh";
  }

  /** Starts a fetch of those items that are not in flight yet. */
  #launch(source: Source, items: readonly SourceItem[]): void {
    const batch = items.filter((item) => !this.#flights.has(this.#entries.resolve(item.key)));
    if (batch.length === 0) return;
    this.#fetches += 1;
    const fetchNumber = this.#fetches;
    const fetchedAt = now(this.#options.clock);
    const deadline = this.#options.deadline(source.timeoutMs);
    const outcomes = fetchSafely(source, batch, deadline.signal).finally(() => deadline.close());
    batch.forEach((item, index) => {
      const key = this.#entries.resolve(item.key);
      const flight = outcomes.then((list) => {
        const fetched = list[index] ?? {
          kind: "transient",
          code: "InternalError",
          message: "BUG: the source left an item out",
        };
        if (this.#flights.get(key) === flight) this.#flights.delete(key);
        if (fetchNumber > this.#cleared) this.#settle({ source, item, fetched, fetchNumber, fetchedAt });
        return fetched;
      });
      this.#flights.set(key, flight);
    });
  }

  #settle(landed: Landed): void {
    const { source, item, fetched, fetchNumber, fetchedAt } = landed;
    const { clock, random } = this.#options;
    const key = this.#entries.resolve(item.key);
    if (fetched.kind === "found") {
      this.#setbacks.delete(key);
      if (source.ttlMs === 0) return;
      const ttlMs = source.ttlMs * (1 - jitter * random());
      const entry = { source, item, body: fetched.body, fetchedAt, ttlMs, fetchNumber, wasRead: false };
      this.#entries.put(key, entry, fetched.aliases);
      return;
    }
    const inARow = (this.#setbacks.get(key)?.inARow ?? 0) + 1;
    // AWS refuses a value that is kept: forget it, unless a later fetch has brought it.
    const isOlder = (this.#entries.peek(key)?.fetchNumber ?? 0) < fetchNumber;
    if (fetched.kind === "definite" && isOlder) this.#entries.delete(key);
    this.#remember(key, {
      failure: fetched,
      since: now(clock),
      forMs: fetched.kind === "definite" ? this.#options.negativeTtlMs : retryDelayMs(inARow, pause, random),
      inARow,
    });
    this.#options.onFailure(source, item, fetched);
  }

  /** A function may ask for more and more names that do not exist: the oldest setback gives way. */
  #remember(key: string, setback: Setback): void {
    this.#setbacks.delete(key);
    this.#setbacks.set(key, setback);
    const oldest = this.#setbacks.keys().next();
    if (this.#setbacks.size > this.#options.maxItems && oldest.done !== true) this.#setbacks.delete(oldest.value);
  }

  /** The answer during a setback: the definite failure itself, or the stale value. */
  #setBack(item: SourceItem): Answer | undefined {
    const setback = this.#setbacks.get(this.#entries.resolve(item.key));
    if (setback === undefined || ageMs(setback.since, now(this.#options.clock)) >= setback.forMs) return undefined;
    return setback.failure.kind === "definite"
      ? { kind: "failure", failure: setback.failure }
      : this.#kept(item, "stale");
  }

  /** The value from the store, unless it is too old to be served as a hit, or as stale. */
  #kept(item: SourceItem, served: "hit" | "stale"): Answer | undefined {
    const entry = this.#entries.read(item.key);
    if (entry === undefined) return undefined;
    const at = now(this.#options.clock);
    const freshness = judge(entry, at, this.#options.staleIfErrorMs);
    if (freshness === "expired" || (freshness === "stale" && served === "hit")) return undefined;
    return { kind: "value", body: entry.body, served, ageMs: ageMs(entry.fetchedAt, at) };
  }
}

/** A source promises not to reject. If it breaks the promise, its readers must not wait for ever. */
async function fetchSafely(
  source: Source,
  batch: readonly SourceItem[],
  signal: AbortSignal,
): Promise<readonly Fetched[]> {
  try {
    return await source.fetch(batch, signal);
  } catch (error) {
    const message = `BUG: ${error instanceof Error ? error.message : String(error)}`;
    return batch.map(() => ({ kind: "transient", code: "InternalError", message }));
  }
}
