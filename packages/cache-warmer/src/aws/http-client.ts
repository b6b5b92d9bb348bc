/** A request with its whole body. */
export interface HttpRequest {
  readonly method: "GET" | "POST";
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** An answer with its whole body. */
export interface HttpResponse {
  readonly status: number;
  readonly body: Buffer;
}

/** Sends one request. Errors: rejects where no complete answer came, also when the signal aborts. */
export interface HttpClient {
  send(request: HttpRequest, signal: AbortSignal): Promise<HttpResponse>;
  /** Closes idle connections; after a freeze the other end has forgotten them. */
  dropConnections(): void;
}
