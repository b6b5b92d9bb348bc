import type { Folders } from "../namespace/sandbox.ts";
import type { Settings } from "../options/settings.ts";

type Variables = Record<string, string>;

const xrayVariables = ["AWS_XRAY_CONTEXT_MISSING", "AWS_XRAY_DAEMON_ADDRESS"];

/**
 * The variables of an extension: the customer's and the platform's, without those of the runtime.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-extensions-api.html
 */
export function extensionVariables(settings: Settings, runtimeApi: string, folders: Folders): Variables {
  const visible = { ...settings.functionEnvironment };
  for (const name of Object.keys(visible)) {
    if (name.startsWith("_") || xrayVariables.includes(name)) delete visible[name];
  }
  return { ...defaults(folders), ...visible, ...sharedVariables(settings, runtimeApi) };
}

/**
 * The variables of the runtime.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
 */
export function runtimeVariables(settings: Settings, runtimeApi: string, folders: Folders): Variables {
  return {
    ...defaults(folders),
    AWS_XRAY_CONTEXT_MISSING: "LOG_ERROR",
    AWS_XRAY_DAEMON_ADDRESS: "169.254.79.129:2000",
    _AWS_XRAY_DAEMON_ADDRESS: "169.254.79.129",
    _AWS_XRAY_DAEMON_PORT: "2000",
    ...settings.functionEnvironment,
    ...sharedVariables(settings, runtimeApi),
    ...executionEnvironment(settings.runtime),
    ...(settings.initializationType === "snap-start"
      ? {}
      : { AWS_LAMBDA_LOG_GROUP_NAME: settings.logGroupName, AWS_LAMBDA_LOG_STREAM_NAME: settings.logStreamName }),
    AWS_LAMBDA_LOG_FORMAT: settings.logFormat,
    ...(settings.initializationType === "lambda-managed-instances"
      ? { AWS_LAMBDA_MAX_CONCURRENCY: String(settings.maxConcurrency) }
      : {}),
    LAMBDA_TASK_ROOT: folders.task,
    LAMBDA_RUNTIME_DIR: folders.runtime,
    _HANDLER: settings.handler,
  };
}

/** The customer may replace these. */
function defaults(folders: Folders): Variables {
  const { opt, task, runtime } = folders;
  return {
    PATH: folders.path,
    LD_LIBRARY_PATH: `/var/lang/lib:/lib64:/usr/lib64:${runtime}:${runtime}/lib:${task}:${task}/lib:${opt}/lib`,
    LANG: "en_US.UTF-8",
    TZ: ":UTC",
  };
}

function sharedVariables(settings: Settings, runtimeApi: string): Variables {
  return {
    ...credentialVariables(settings, runtimeApi),
    AWS_REGION: settings.region,
    AWS_DEFAULT_REGION: settings.region,
    AWS_LAMBDA_FUNCTION_NAME: settings.functionName,
    AWS_LAMBDA_FUNCTION_VERSION: settings.functionVersion,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(settings.memorySizeMb),
    AWS_LAMBDA_INITIALIZATION_TYPE: settings.initializationType,
    AWS_LAMBDA_RUNTIME_API: runtimeApi,
  };
}

/** Keys must not be in a snapshot: a restored function asks for them. */
function credentialVariables(settings: Settings, runtimeApi: string): Readonly<Record<string, string>> {
  if (settings.initializationType !== "snap-start") return settings.credentials;
  return {
    AWS_CONTAINER_CREDENTIALS_FULL_URI: `http://${runtimeApi}/2021-04-23/credentials`,
    AWS_CONTAINER_AUTHORIZATION_TOKEN: settings.credentialsToken,
  };
}

/** Custom runtimes have no such variable. */
function executionEnvironment(runtime: string): Variables {
  return runtime.startsWith("provided") ? {} : { AWS_EXECUTION_ENV: `AWS_Lambda_${runtime}` };
}
