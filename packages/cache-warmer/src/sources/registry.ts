import { createAwsJsonCall } from "../aws/aws-json-call.ts";
import type { AwsJsonCallOptions } from "../aws/aws-json-call.ts";
import { retrying } from "../aws/retrying.ts";
import type { RetryOptions } from "../aws/retrying.ts";
import type { AwsService } from "../aws/sign-request.ts";
import type { Settings } from "../config/settings.ts";
import { createParameterStore } from "./parameter-store.ts";
import { createSecretsManager } from "./secrets-manager.ts";
import type { Source } from "./source.ts";

/** What every source's calls share. */
export type SourceDependencies = Pick<AwsJsonCallOptions, "client" | "credentials" | "clock"> &
  Pick<RetryOptions, "random" | "wait">;

/** Creates every source. */
export function createSources(settings: Settings, dependencies: SourceDependencies): readonly Source[] {
  const { region, parameterStore, secretsManager } = settings;
  const { client, credentials, clock, random, wait } = dependencies;
  const callTo = (service: AwsService, endpoint: URL) =>
    retrying(createAwsJsonCall({ service, region, endpoint, client, credentials, clock }), {
      maxAttempts: 8,
      baseMs: 50,
      capMs: 4000,
      random,
      wait,
      onExpired: () => credentials.forget(),
    });
  return [
    createParameterStore({ ...parameterStore, call: callTo("ssm", parameterStore.endpoint) }),
    createSecretsManager({ ...secretsManager, call: callTo("secretsmanager", secretsManager.endpoint) }),
  ];
}
