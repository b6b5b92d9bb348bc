/** One line for the operator: what AWS, its SDK or the network said, and what to do about it if that is known. */
export function explainAwsError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  const name = error.name === "Error" ? code || "Error" : error.name;
  const said = `${name}: ${error.message || innermost(error)}`.replaceAll(/\s+/g, " ");
  const found = advice.find(
    ({ names }) => names.includes(error.name) || (code === "ENOTFOUND" && names.includes(code)),
  );
  return found === undefined ? said : `${said}. ${found.text}`;
}

/** What to do, by the name of an error; `ENOTFOUND` is a code. */
const advice: readonly { readonly names: readonly string[]; readonly text: string }[] = [
  {
    names: ["CredentialsProviderError", "TokenProviderError"],
    text: "Log in (`aws sso login`), set AWS_PROFILE, or name a profile with --profile",
  },
  {
    names: [
      "UnrecognizedClientException",
      "InvalidClientTokenId",
      "InvalidSignatureException",
      "ExpiredTokenException",
    ],
    text: "The credentials are not valid here; a region that the account has not enabled says the same",
  },
  {
    names: ["RequestEntityTooLargeException", "RequestTooLargeException"],
    text: "Send the zips through S3 with --bucket",
  },
  { names: ["CodeStorageExceededException"], text: "Delete old layer versions and functions of that region" },
  { names: ["ENOTFOUND"], text: "There may be no such region" },
];

/** Node's error for a host with several addresses has no message of its own. */
function innermost(error: Error): string {
  return error instanceof AggregateError && error.errors[0] instanceof Error ? error.errors[0].message : "no message";
}
