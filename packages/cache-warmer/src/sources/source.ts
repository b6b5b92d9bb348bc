import type { AwsCall, FetchFailure } from "../aws/classify-failure.ts";
import type { ServiceSettings } from "../config/settings.ts";

/** One thing to read from a source. */
export interface SourceItem {
  /** The key in the cache. Two sources never use the same key. */
  readonly key: string;
  /** The name as the reader or the operator wrote it: for messages, and for `CACHE_WARMER_REQUIRED`. */
  readonly id: string;
  /** Another key: while its fetch is in flight, that fetch may bring this item's value too. */
  readonly siblingKey?: string;
  /** The input of the AWS operation, as the service spells it. */
  readonly input: Readonly<Record<string, string | boolean>>;
}

/** The outcome of a fetch for one item. */
export type Fetched =
  | {
      readonly kind: "found";
      /** The answer for the function, encoded: JSON as the AWS extension writes it. */
      readonly body: Buffer;
      /** Keys of the name and the ARN in the answer, under which a reader finds the same value. */
      readonly aliases: readonly string[];
    }
  | FetchFailure;

/** The item that a request's query asks for, or what is wrong with the query. */
export type ParsedQuery =
  | { readonly kind: "item"; readonly item: SourceItem }
  | { readonly kind: "invalid"; readonly reason: string };

/** What each source is made of. */
export interface SourceOptions extends Omit<ServiceSettings, "endpoint"> {
  readonly call: AwsCall;
}

/**
 * A kind of thing that the cache warmer serves. Each has a file, a line in `registry.ts`, and a test that runs the
 * contract suite.
 */
export interface Source extends Pick<ServiceSettings, "ttlMs" | "timeoutMs"> {
  /** For messages: `parameter`, `secret`. */
  readonly noun: string;
  /** The path it is served under, without a slash at its end. */
  readonly path: string;
  /** What to fetch before the function asks. */
  readonly warm: readonly SourceItem[];
  /** Reads a query; unknown parameters are ignored, as the AWS extension does. */
  parseQuery(query: readonly QueryParameter[]): ParsedQuery;
  /** Groups items so that each group is one `fetch`. */
  toBatches(items: readonly SourceItem[]): readonly (readonly SourceItem[])[];
  /** Fetches a batch. Returns one outcome for each item, in the same order; never rejects. */
  fetch(batch: readonly SourceItem[], signal: AbortSignal): Promise<readonly Fetched[]>;
}

/** A parameter of a query, decoded. */
export interface QueryParameter {
  readonly name: string;
  readonly value: string;
}
