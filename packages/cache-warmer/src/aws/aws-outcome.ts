/**
 * What came of calling AWS. `failed` carries the service's own code, or `ConnectionError`, `TimeoutError`,
 * `CredentialsError`.
 */
export type AwsOutcome = { readonly kind: "ok"; readonly output: Readonly<Record<string, unknown>> } | AwsFailure;

/** A call that did not succeed. */
export interface AwsFailure {
  readonly kind: "failed";
  readonly code: string;
  readonly message: string;
  /**
   * `transient`: the same call may succeed later. `once`: worth one more try with fresh credentials and a fresh
   * signature. `definite`: it will not until somebody changes something.
   */
  readonly lasts: "transient" | "once" | "definite";
}

/** An operation of one service, `GetParameter` or `GetSecretValue`, with its input as the service spells it. */
export type AwsCall = (operation: string, input: object, signal: AbortSignal) => Promise<AwsOutcome>;
