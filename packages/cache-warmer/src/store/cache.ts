import { ageMs, now, retryDelayMs } from "@lambda-extension/core";
import type { Clock, Moment } from "@lambda-extension/core";
import type { FetchFailure } from "../aws/classify-failure.ts";
import type { Fetched, Source, SourceItem } from "../sources/source.ts";
import { EntryStore, judge } from "./entry-store.ts";

/** What a reader gets. `served` tells where the value came from; `ageMs` is its age when it was read. */
export type Answer =
  | { readonly kind: "value"; readonly body: Buffer; readonly served: "hit" | "miss" | "stale"; readonly ageMs: number }
  | { readonly kind: "failure"; readonly failure: FetchFailure };

/** An item that could not be warmed. */
export interface WarmFailure {
  readonly item: SourceItem;
  readonly failure: FetchFailure;
}

/** How the cache is bounded, and who tells the time. */
export interface CacheOptions {
  readonly maxItems: number;
  readonly maxBytes: number;
  readonly staleIfErrorMs: number;
  readonly negativeTtlMs: number;
  readonly clock: Clock;
  /** From 0 (included) to 1 (excluded). */
  readonly random: () => number;
  /** A signal that aborts after `ms`, and the way to call it off. */
  readonly deadline: (ms: number) => { readonly signal: AbortSignal; close(): void };
  /** Told of every fetch that failed. */
  readonly onFailure: (source: Source, item: SourceItem, failure: FetchFailure) => void;
}

/** A refusal that is remembered, or a pause after a failure that passes. */
interface Setback {
  readonly failure: FetchFailure;
  readonly since: Moment;
  readonly forMs: number;
  readonly inARow: number;
}

/** What came of one item of a fetch. */
interface Landed {
  readonly source: Source;
  readonly item: SourceItem;
  readonly fetched: Fetched;
  readonly fetchNumber: number;
  readonly launchedAt: Moment;
}

/** Shortens the time to live by up to a tenth. */
const jitter = 0.1;

/** After transient failures the stale value is served alone for up to half a second, doubling to half a minute. */
const pause = { baseMs: 500, capMs: 30_000 };

/**
 * Reads through to the sources: one fetch of a key at a time, values served for their time to live, stale ones while
 * AWS fails in a way that passes, definite refusals remembered for a moment.
 * Invariant: what is served was current within its time to live, or within `staleIfErrorMs` more while AWS fails.
 */
export class Cache {
  readonly #options: CacheOptions;
  readonly #entries: EntryStore;
  readonly #setbacks = new Map<string, Setback>();
  readonly #flights = new Map<string, Promise<Fetched>>();
  #fetches = 0;
  /** Fetches up to this number began before `clear` and may keep nothing. */
  #cleared = 0;

  constructor(options: CacheOptions) {
    this.#options = options;
    this.#entries = new EntryStore(options);
  }

  /** The value where one can be served at once; the way of nearly every read. */
  readNow(item: SourceItem): Answer | undefined {
    const entry = this.#entries.read(item.key);
    if (entry === undefined) return undefined;
    const at = now(this.#options.clock);
    const freshness = judge(entry, at, this.#options.staleIfErrorMs);
    if (freshness !== "fresh" && freshness !== "due") return undefined;
    return { kind: "value", body: entry.body, served: "hit", ageMs: ageMs(entry.fetchedAt, at) };
  }

  /**
   * The value, fetched where needed. Never rejects; waits for one fetch, or for a sibling's and then its own, each
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
    return (fetched.kind === "transient" ? this.#stale(item) : undefined) ?? { kind: "failure", failure: fetched };
  }

  /**
   * Fetches what is neither fresh nor on its way, in the source's batches; resolves with every failure when all has
   * landed.
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
   * Fetches what a source keeps warm and what was read since its last fetch, where it is due; resolves when all has
   * landed.
   */
  async refreshDue(sources: readonly Source[]): Promise<void> {
    const read = [...this.#entries.values()].filter((entry) => entry.wasRead);
    const readFrom = (source: Source) => read.filter((entry) => entry.source === source).map((entry) => entry.item);
    const keeping = sources.filter((source) => source.ttlMs > 0);
    await Promise.all(keeping.map((source) => this.warm(source, [...source.warm, ...readFrom(source)])));
  }

  /** Forgets everything, also what is still on its way. */
  clear(): void {
    this.#entries.clear();
    this.#setbacks.clear();
    this.#flights.clear();
    this.#cleared = this.#fetches;
  }

  /** What can be answered without a fetch. */
  #present(item: SourceItem): Answer | undefined {
    return this.readNow(item) ?? this.#setBack(item);
  }

  /** A fetch that may bring this item's value too, where none of its own is in flight: one call instead of two. */
  #siblingFlight(item: SourceItem): Promise<Fetched> | undefined {
    if (item.siblingKey === undefined || this.#flights.has(this.#entries.resolve(item.key))) return undefined;
    return this.#flights.get(this.#entries.resolve(item.siblingKey));
  }

  /** What was refused is not asked for unasked until a time to live has passed: not at every invocation. */
  #needsFetch(source: Source, item: SourceItem): boolean {
    const at = now(this.#options.clock);
    const setback = this.#setbacks.get(this.#entries.resolve(item.key));
    const pauseMs = setback?.failure.kind === "definite" ? source.ttlMs : setback?.forMs;
    if (setback !== undefined && ageMs(setback.since, at) < (pauseMs ?? 0)) return false;
    const entry = this.#entries.peek(item.key);
    return entry === undefined || judge(entry, at, this.#options.staleIfErrorMs) !== "fresh";
  }

  /** Starts a fetch of those items that are not on their way already. */
  #launch(source: Source, items: readonly SourceItem[]): void {
    const batch = items.filter((item) => !this.#flights.has(this.#entries.resolve(item.key)));
    if (batch.length === 0) return;
    this.#fetches += 1;
    const fetchNumber = this.#fetches;
    const launchedAt = now(this.#options.clock);
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
        if (fetchNumber > this.#cleared) this.#settle({ source, item, fetched, fetchNumber, launchedAt });
        return fetched;
      });
      this.#flights.set(key, flight);
    });
  }

  #settle(landed: Landed): void {
    const { source, item, fetched, fetchNumber, launchedAt } = landed;
    const { clock, random } = this.#options;
    const key = this.#entries.resolve(item.key);
    if (fetched.kind === "found") {
      this.#setbacks.delete(key);
      if (source.ttlMs === 0) return;
      const ttlMs = source.ttlMs * (1 - jitter * random());
      const entry = { source, item, body: fetched.body, fetchedAt: launchedAt, ttlMs, fetchNumber, wasRead: false };
      this.#entries.put(key, entry, fetched.aliases);
      return;
    }
    const inARow = (this.#setbacks.get(key)?.inARow ?? 0) + 1;
    // A value that was revoked must not outlive the refusal; one that was fetched after it may.
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

  /** Names that do not exist can be asked for without end: the oldest setback goes first. */
  #remember(key: string, setback: Setback): void {
    this.#setbacks.delete(key);
    this.#setbacks.set(key, setback);
    const oldest = this.#setbacks.keys().next();
    if (this.#setbacks.size > this.#options.maxItems && oldest.done !== true) this.#setbacks.delete(oldest.value);
  }

  /** What a setback that still lasts answers: the refusal itself, or the stale value. */
  #setBack(item: SourceItem): Answer | undefined {
    const setback = this.#setbacks.get(this.#entries.resolve(item.key));
    if (setback === undefined || ageMs(setback.since, now(this.#options.clock)) >= setback.forMs) return undefined;
    return setback.failure.kind === "definite" ? { kind: "failure", failure: setback.failure } : this.#stale(item);
  }

  #stale(item: SourceItem): Answer | undefined {
    const entry = this.#entries.read(item.key);
    if (entry === undefined) return undefined;
    const at = now(this.#options.clock);
    if (judge(entry, at, this.#options.staleIfErrorMs) === "expired") return undefined;
    return { kind: "value", body: entry.body, served: "stale", ageMs: ageMs(entry.fetchedAt, at) };
  }
}

/** A source never rejects; one with a defect must not leave its readers waiting. */
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
