/** The paths of the calls that can be hit. */
export const callPaths = {
  register: /^\/2020-01-01\/extension\/register$/,
  "event/next": /^\/2020-01-01\/extension\/event\/next$/,
  "init/error": /^\/2020-01-01\/extension\/init\/error$/,
  "exit/error": /^\/2020-01-01\/extension\/exit\/error$/,
  telemetry: /^\/2022-07-01\/telemetry$/,
  "invocation/next": /^\/2018-06-01\/runtime\/invocation\/next$/,
  "invocation/response": /^\/2018-06-01\/runtime\/invocation\/([^/]+)\/response$/,
  "invocation/error": /^\/2018-06-01\/runtime\/invocation\/([^/]+)\/error$/,
} as const;

/** Calls by the last words of their path. */
export type CallName = keyof typeof callPaths;

/** A call and how it was answered. */
export interface WatchedCall {
  /** The caller: the name in `register`, else the extension that has the identifier; undefined for the runtime. */
  readonly extension: string | undefined;
  readonly body: string;
  readonly status: number;
  readonly answer: string;
}

/** The calls that a fault hits. */
export interface CallFilter {
  readonly call: CallName;
  /** Only the calls of this extension. */
  readonly extension?: string;
  /** Let this many matching calls pass first. Default 0. */
  readonly skip?: number;
  /** How many calls are hit. Default: all. */
  readonly times?: number;
}

/** A change of what a subscriber is sent over HTTP: one request for each body. */
export type Mutation = (events: readonly string[]) => readonly string[];

/** A trouble to make. */
export type Fault =
  /** The call counts only after this time. */
  | (CallFilter & { readonly kind: "delay"; readonly delayMs: number })
  /** The call does not count and is answered with this. */
  | (CallFilter & { readonly kind: "answer"; readonly status: number; readonly body?: string })
  /** The call does not count, and the connection is cut. */
  | (CallFilter & { readonly kind: "cut" })
  /** The call counts, and the connection is cut instead of the answer. */
  | (CallFilter & { readonly kind: "lose-answer" })
  /** The process is killed when the call arrives: an extension by its name, or `runtime`. */
  | (CallFilter & { readonly kind: "kill"; readonly process: string })
  /** No trouble: `onAnswer` gets each call just before its answer goes out, also an answer that a fault makes. */
  | (CallFilter & { readonly kind: "watch"; readonly onAnswer: (call: WatchedCall) => void })
  /** Batches arrive changed; `mutations` has the usual ones. */
  | { readonly kind: "telemetry"; readonly extension?: string; readonly mutate: Mutation };

/** Changes of batches that have broken listeners in the field. */
export const mutations = {
  /** Every batch comes twice. */
  redeliver: (events) => [toArray(events), toArray(events)],
  /** The events of a batch come backwards. */
  reverse: (events) => [toArray([...events].reverse())],
  /** The body ends in the middle. */
  truncate: (events) => [toArray(events).slice(0, -2), toArray(events)],
  /** One event alone, no array around it. */
  single: (events) => [...events],
  /** Events of an unknown type stand between the others. */
  unknownEvent: (events) => [
    toArray(
      events.flatMap((event) => [
        '{"time":"2026-01-01T00:00:00.000Z","type":"platform.somethingNew","record":{"a":[null]}}',
        event,
      ]),
    ),
  ],
  /** The records of log lines are objects. */
  objectRecords: (events) => [toArray(events.map((event) => objectRecord(event)))],
} as const satisfies Readonly<Record<string, Mutation>>;

function toArray(events: readonly string[]): string {
  return `[${events.join(",")}]`;
}

function objectRecord(event: string): string {
  const parsed = JSON.parse(event) as { time: string; record: unknown };
  if (typeof parsed.record !== "string") return event;
  return JSON.stringify({ ...parsed, record: { timestamp: parsed.time, level: "INFO", message: parsed.record } });
}
