import { textOf } from "./json-object.ts";

/** The operator's wrong settings: made once, at start, with every problem, each as `NAME: expected …, got …`. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join("; "));
    this.problems = problems;
  }
}

/** The platform's fault: the Lambda APIs gave another answer than they promise, or no answer. */
export class PlatformError extends Error {
  override readonly name = "PlatformError";
  /** The API's own `errorType`, or a system code such as `ECONNREFUSED`. */
  readonly code: string;
  /** The HTTP status of an answer. */
  readonly status: number | undefined;

  constructor(
    message: string,
    detail: { readonly code: string; readonly status?: number | undefined; readonly cause?: unknown },
  ) {
    super(message, { cause: detail.cause });
    this.code = detail.code;
    this.status = detail.status;
  }
}

/** The code of a system error, such as `ECONNREFUSED`; undefined for everything else that can be thrown. */
export function errorCode(error: unknown): string | undefined {
  return unlessThrows(() => (error instanceof Error && "code" in error ? textOf(error.code) : undefined), undefined);
}

/** A look at something thrown: a Proxy may throw at `instanceof`, a getter at its name. */
export function unlessThrows<T>(look: () => T, otherwise: T): T {
  try {
    return look();
  } catch {
    return otherwise;
  }
}
