/** What the API answers; header names as they go on the wire. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

/** A request whose body has been read. The state keeps it open if the answer comes later: a `next` that waits. */
export interface ApiRequest {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  /** Undefined if the header is missing or empty. Names in lower case. */
  header(name: string): string | undefined;
  readonly body: Buffer;
  /** Headers that came after a chunked body. */
  readonly trailers: Readonly<Record<string, string | undefined>>;
  /** Answers now or later. If the connection is gone by then, the answer is lost, as on the platform. */
  respond(answer: Answer): void;
  /** Cuts the connection without an answer. */
  cut(): void;
}
