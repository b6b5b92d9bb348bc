import type { AwsFailure } from "../aws/aws-outcome.ts";
import type { FetchFailure } from "./source.ts";

/**
 * A failed call as a failed fetch. Credentials that ended, or a signature that came late, heal by themselves:
 * transient.
 */
export function toFetchFailure(failure: AwsFailure): FetchFailure {
  return {
    kind: failure.lasts === "definite" ? "definite" : "transient",
    code: failure.code,
    message: failure.message,
  };
}
