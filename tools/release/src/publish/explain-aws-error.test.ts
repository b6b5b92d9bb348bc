import { expect, test } from "vitest";
import { explainAwsError } from "./explain-aws-error.ts";

function named(name: string, message: string): Error {
  return Object.assign(new Error(message), { name });
}

test.each([
  [
    named("CredentialsProviderError", "Could not load"),
    /^CredentialsProviderError: Could not load\. Log in .*--profile$/,
  ],
  [named("UnrecognizedClientException", "The security token is invalid."), /a region that the account has not enabled/],
  [named("RequestEntityTooLargeException", "Request must be smaller"), /with --bucket$/],
  [
    named("AccessDeniedException", "not authorized to perform:\n lambda:ListLayerVersions"),
    /^AccessDeniedException: not authorized to perform: lambda:List/,
  ],
  [
    Object.assign(new Error("getaddrinfo ENOTFOUND x"), { code: "ENOTFOUND" }),
    /^ENOTFOUND: getaddrinfo ENOTFOUND x\. There may be no such region$/,
  ],
  [
    Object.assign(new AggregateError([new Error("connect ECONNREFUSED ::1:9")]), { code: "ECONNREFUSED" }),
    /connect ECONNREFUSED ::1:9/,
  ],
  ["text", /^text$/],
])("%s", (error, expected) => {
  expect(explainAwsError(error)).toMatch(expected);
});
