import { randomBytes, randomUUID } from "node:crypto";
import { EmulatorError } from "../problems/emulator-error.ts";
import type { EnvironmentOptions, InitializationType } from "./environment-options.ts";

/** The options with every default filled in. */
export interface Settings {
  readonly functionName: string;
  readonly functionVersion: string;
  readonly functionArn: string;
  readonly accountId: string;
  readonly region: string;
  readonly runtime: string;
  readonly handler: string;
  readonly timeoutMs: number;
  readonly initTimeoutMs: number;
  readonly memorySizeMb: number;
  readonly initializationType: InitializationType;
  /** Whether to be as odd as AWS's own emulator. */
  readonly isRie: boolean;
  /** Whether init waits for the first invocation. */
  readonly isLazy: boolean;
  readonly logFormat: "Text" | "JSON";
  readonly logGroupName: string;
  readonly logStreamName: string;
  /** Invocations at the same time; on Managed Instances only. */
  readonly maxConcurrency: number;
  readonly freeze: boolean;
  readonly functionEnvironment: Readonly<Record<string, string>>;
  readonly credentials: Readonly<Record<string, string>>;
  /** What a restored function shows to get its credentials. */
  readonly credentialsToken: string;
}

/** What SAM's local commands use where nobody gave credentials; they open nothing. */
const placeholderCredentials = {
  AWS_ACCESS_KEY_ID: "defaultkey",
  AWS_SECRET_ACCESS_KEY: "defaultsecret",
  AWS_SESSION_TOKEN: "defaulttoken",
};

/** The account in the ARN that AWS's own emulator makes up. */
const rieAccountId = "012345678912";

/** Fills in the defaults; throws `EmulatorError` for a value that cannot be. */
export function resolveSettings(options: EnvironmentOptions): Settings {
  const { function: spec } = options;
  const timeoutSeconds = spec.timeoutSeconds ?? 3;
  if (!(timeoutSeconds > 0 && timeoutSeconds <= 900)) {
    throw new EmulatorError(`timeoutSeconds: expected more than 0 and at most 900, got ${timeoutSeconds}`);
  }
  const functionName = spec.name ?? "function";
  const region = options.region ?? "us-east-1";
  const isRie = options.compat === "rie";
  const accountId = options.accountId ?? (isRie ? rieAccountId : "123456789012");
  const functionVersion = spec.version ?? "$LATEST";
  const initializationType = options.initializationType ?? "on-demand";
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
    initTimeoutMs: readInitTimeoutSeconds(options, timeoutSeconds) * 1000,
    memorySizeMb: spec.memorySizeMb ?? 128,
    initializationType,
    isRie,
    isLazy: isRie || options.initialize === "at-first-invoke",
    // Managed Instances know no other.
    logFormat: initializationType === "lambda-managed-instances" ? "JSON" : (options.logFormat ?? "Text"),
    maxConcurrency: options.maxConcurrency ?? 4,
    logGroupName: `/aws/lambda/${functionName}`,
    logStreamName: `${date}/[${functionVersion}]${randomBytes(16).toString("hex")}`,
    freeze: (options.freeze ?? false) && initializationType !== "lambda-managed-instances",
    functionEnvironment: spec.environment ?? {},
    credentials: options.credentials ?? placeholderCredentials,
    credentialsToken: randomUUID(),
  };
}

function readInitTimeoutSeconds(
  { initTimeoutSeconds, initializationType }: EnvironmentOptions,
  timeoutSeconds: number,
): number {
  if (initTimeoutSeconds === undefined) {
    return (initializationType ?? "on-demand") === "on-demand" ? 10 : Math.max(130, timeoutSeconds);
  }
  if (initTimeoutSeconds > 0 && initTimeoutSeconds <= 900) return initTimeoutSeconds;
  throw new EmulatorError(`initTimeoutSeconds: expected more than 0 and at most 900, got ${initTimeoutSeconds}`);
}
