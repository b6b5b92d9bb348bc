import type { ExtensionSettings } from "../config/extension-settings.ts";

/** Lambda sets these for every extension. */
const ofLambda = {
  AWS_REGION: "us-east-1",
  AWS_LAMBDA_FUNCTION_NAME: "start-up",
  AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: "128",
};

/**
 * The variables of an extension that is started on this machine: those of Lambda, a PATH, and the defaults of the
 * settings. Nothing of the user's: no credentials, no proxy, no HOME. In a provisioned environment a lazy extension
 * starts its program at once.
 */
export function lambdaEnvironment({
  environment,
  start,
}: Pick<ExtensionSettings, "environment" | "start">): Record<string, string> {
  return {
    ...Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== "")),
    ...ofLambda,
    AWS_LAMBDA_INITIALIZATION_TYPE: start === "lazy" ? "provisioned-concurrency" : "on-demand",
    PATH: "/usr/local/bin:/usr/bin:/bin",
  };
}
