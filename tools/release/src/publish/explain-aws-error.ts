/**
 * One line for whoever typed the command: what AWS, its SDK or the network said, and what to do where that is known.
 */
export function explainAwsError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  const said =
    `${error.name === "Error" ? code || "Error" : error.name}: ${error.message || innermost(error)}`.replaceAll(
      /\s+/g,
      " ",
    );
  const advice = adviceFor(error.name, code);
  return advice === undefined ? said : `${said}. ${advice}`;
}

function adviceFor(name: string, code: string): string | undefined {
  if (name === "CredentialsProviderError" || name === "TokenProviderError") {
    return "Log in (`aws sso login`), set AWS_PROFILE, or name a profile with --profile";
  }
  if (
    [
      "UnrecognizedClientException",
      "InvalidClientTokenId",
      "InvalidSignatureException",
      "ExpiredTokenException",
    ].includes(name)
  ) {
    return "The credentials are not valid here; a region that the account has not enabled says the same";
  }
  if (name === "RequestEntityTooLargeException" || name === "RequestTooLargeException") {
    return "Send the zips through S3 with --bucket";
  }
  if (name === "CodeStorageExceededException") return "Delete old layer versions and functions of that region";
  if (code === "ENOTFOUND") return "There may be no such region";
  return undefined;
}

/** Node's error for a host with several addresses has no message of its own. */
function innermost(error: Error): string {
  return error instanceof AggregateError && error.errors[0] instanceof Error ? error.errors[0].message : "no message";
}
