/** What the caller of an invocation gets. */
export interface InvokeResult {
  readonly requestId: string;
  readonly kind: "response" | "function-error";
  /** The function's answer as it sent it; for an error the JSON with `errorType` and `errorMessage`. */
  readonly payload: string;
  /** From the call to the answer. Units: milliseconds. */
  readonly durationMs: number;
}

/** What a caller may add to an invocation. */
export interface InvokeOptions {
  /** Default: a new UUID. */
  readonly requestId?: string;
  /** The `X-Amzn-Trace-Id`; default: a new one that is not sampled. */
  readonly traceId?: string;
  /** JSON text. */
  readonly clientContext?: string;
  /** Default: the function's own, without version or alias. */
  readonly functionArn?: string;
  /** Called for each piece of a streamed answer that the function writes; the result has all of them. */
  onPiece?(bytes: Uint8Array): void;
}
