import type { ExtensionSettings } from "../config/extension-settings.ts";

/** Lambda sets these for every extension. */
const ofLambda = {
  AWS_REGION: "us-east-1",
  AWS_LAMBDA_FUNCTION_NAME: "start-up",
  AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: "128",
  AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
};

/**
 * The variables of an extension that is started on this machine: those of Lambda, a PATH, and the defaults of the
 * settings. Nothing of the user's: no credentials, no proxy, no HOME.
 */
export function lambdaEnvironment({ environment }: Pick<ExtensionSettings, "environment">): Record<string, string> {
  const defaults = Object.entries(environment).filter(([, value]) => value !== "");
  return { ...Object.fromEntries(defaults), ...ofLambda, PATH: "/usr/local/bin:/usr/bin:/bin" };
}
