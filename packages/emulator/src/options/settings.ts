import { randomBytes, randomUUID } from "node:crypto";
import { EmulatorError } from "../problems/emulator-error.ts";
import type { EnvironmentOptions } from "./environment-options.ts";

/** The options with every default filled in. */
export type Settings = Readonly<ReturnType<typeof resolveSettings>>;

/** SAM's local commands use these if the user gives no credentials; they open nothing. */
const placeholderCredentials: Readonly<Record<string, string>> = {
  AWS_ACCESS_KEY_ID: "defaultkey",
  AWS_SECRET_ACCESS_KEY: "defaultsecret",
  AWS_SESSION_TOKEN: "defaulttoken",
};

/** The account in the ARN that AWS's own emulator makes up. */
const rieAccountId = "012345678912";

/** Fills in the defaults. Errors: `EmulatorError` for a time that Lambda does not allow. */
export function resolveSettings(options: EnvironmentOptions) {
  const { function: spec } = options;
  const region = options.region ?? "us-east-1";
  const initializationType = options.initializationType ?? "on-demand";
  const functionName = spec.name ?? "function";
  const functionVersion = spec.version ?? "$LATEST";
  const timeoutSeconds = checkSeconds("timeoutSeconds", spec.timeoutSeconds ?? 3);
  const usualInitSeconds = initializationType === "on-demand" ? 10 : Math.max(130, timeoutSeconds);
  /** Whether to be as odd as AWS's own emulator. */
  const isRie = options.compat === "rie";
  const isManaged = initializationType === "lambda-managed-instances";
  const accountId = options.accountId ?? (isRie ? rieAccountId : "123456789012");
  const date = new Date().toISOString().slice(0, 10).replaceAll("-", "/");
  return {
    functionName,
    functionVersion,
    functionArn: `arn:aws:lambda:${region}:${accountId}:function:${functionName}`,
    accountId,
    region,
    runtime: spec.runtime,
    handler: spec.handler,
    timeoutMs: timeoutSeconds * 1000,
    initTimeoutMs: checkSeconds("initTimeoutSeconds", options.initTimeoutSeconds ?? usualInitSeconds) * 1000,
    memorySizeMb: spec.memorySizeMb ?? 128,
    initializationType,
    isRie,
    /** Whether init waits for the first invocation. */
    isLazy: isRie || options.initialize === "at-first-invoke",
    // Managed Instances write JSON only.
    logFormat: isManaged ? "JSON" : (options.logFormat ?? "Text"),
    /** Invocations at the same time; on Managed Instances only. */
    maxConcurrency: options.maxConcurrency ?? 4,
    logGroupName: `/aws/lambda/${functionName}`,
    logStreamName: `${date}/[${functionVersion}]${randomBytes(16).toString("hex")}`,
    freeze: (options.freeze ?? false) && !isManaged,
    functionEnvironment: spec.environment ?? {},
    credentials: options.credentials ?? placeholderCredentials,
    /** What a restored function shows to get its credentials. */
    credentialsToken: randomUUID(),
  };
}

function checkSeconds(name: string, seconds: number): number {
  if (seconds > 0 && seconds <= 900) return seconds;
  throw new EmulatorError(`${name}: expected more than 0 and at most 900, got ${seconds}`);
}
