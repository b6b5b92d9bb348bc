/** An error with a type of the platform's. */
export class RuntimeFault extends Error {
  constructor(errorType, message, cause) {
    super(message);
    this.name = errorType;
    // Where in the customer's file it is.
    if (cause?.stack) this.stack = cause.stack;
  }
}

/** The error object as Lambda's Node runtime sends it: `errorType`, `errorMessage`, `trace`. */
export function describeError(error, errorType) {
  if (isErrorLike(error)) {
    return {
      errorType: errorType ?? error.name ?? "Error",
      errorMessage: errorType === undefined ? error.message : String(error),
      trace: String(error.stack ?? "").split("\n"),
    };
  }
  return { errorType: errorType ?? typeof error, errorMessage: String(error), trace: [] };
}

function isErrorLike(error) {
  return (
    error instanceof Error || (typeof error === "object" && error !== null && "message" in error && "stack" in error)
  );
}

/** What the log says of it: the error's own properties too. */
export function describeForLog(reason) {
  const error = isErrorLike(reason) ? reason : new Error(String(reason));
  const { errorType, errorMessage, trace } = describeError(error);
  return { errorType, errorMessage, ...error, stack: trace };
}
