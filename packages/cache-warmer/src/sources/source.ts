import type { AwsCall, FetchFailure } from "../aws/classify-failure.ts";

/** One thing to read from a source. */
export interface SourceItem {
  /** The key in the cache; no two sources share one. */
  readonly key: string;
  /** As whoever asked spelt it: for messages, and for `CACHE_WARMER_REQUIRED`. */
  readonly id: string;
  /** A key whose fetch, while it is in flight, may bring this item's value too. */
  readonly siblingKey?: string;
  /** The input of the AWS operation, as the service spells it. */
  readonly input: Readonly<Record<string, string | boolean>>;
}

/** What came of fetching one item. */
export type Fetched =
  | {
      readonly kind: "found";
      /** The answer for the function, encoded: JSON as the AWS extension writes it. */
      readonly body: Buffer;
      /** Further keys under which the same value is known, told by the answer itself: its name, its ARN. */
      readonly aliases: readonly string[];
    }
  | FetchFailure;

/** A request's query as an item of a source, or what is wrong with it. */
export type ParsedQuery =
  | { readonly kind: "item"; readonly item: SourceItem }
  | { readonly kind: "invalid"; readonly reason: string };

/** What each source is made of; `warm` are the names that it fetches before the function's init. */
export interface SourceOptions {
  readonly call: AwsCall;
  readonly ttlMs: number;
  readonly timeoutMs: number;
  readonly warm: readonly string[];
}

/**
 * A kind of thing the cache warmer serves. One file each, one line in `registry.ts`, and a test that runs the contract
 * suite.
 */
export interface Source {
  /** For messages: `parameter`, `secret`. */
  readonly noun: string;
  /** The path it is served under, without a slash at its end. */
  readonly path: string;
  /** How long a value is served; 0: nothing is kept. */
  readonly ttlMs: number;
  /** How long a fetch may take, retries included. */
  readonly timeoutMs: number;
  /** What to fetch before anybody asks. */
  readonly warm: readonly SourceItem[];
  /** Reads a query; unknown parameters are ignored, as the AWS extension does. */
  parseQuery(query: readonly QueryParameter[]): ParsedQuery;
  /** Groups items so that each group is one `fetch`. */
  toBatches(items: readonly SourceItem[]): readonly (readonly SourceItem[])[];
  /** Fetches a batch: one outcome per item, in the same order. Never rejects. */
  fetch(batch: readonly SourceItem[], signal: AbortSignal): Promise<readonly Fetched[]>;
}

/** A parameter of a query, decoded. */
export interface QueryParameter {
  readonly name: string;
  readonly value: string;
}
