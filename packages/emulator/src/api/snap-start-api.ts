import type { Answer, ApiRequest } from "../state/api-request.ts";
import type { Generation } from "../state/generation.ts";
import type { Platform } from "../state/platform.ts";
import { jsonAnswer, notFound } from "./answers.ts";
import { noteError } from "./runtime-api.ts";
import { stepRuntime } from "./step.ts";

/** `GET /2018-06-01/runtime/restore/next`: the runtime is ready for the snapshot; answered when it is restored. */
export function nextRestore(platform: Platform, generation: Generation, request: ApiRequest): Answer | undefined {
  const { runtime } = generation;
  const refusal = stepRuntime(runtime, "restore/next");
  if (refusal !== undefined) return refusal;
  platform.timeline.mark("runtime", "restore/next");
  runtime.parked.push(request);
  generation.changes.notify();
  return undefined;
}

/** `POST /2018-06-01/runtime/restore/error`: the restore fails when the process exits. */
export function postRestoreError(platform: Platform, generation: Generation, request: ApiRequest): Answer {
  const refusal = stepRuntime(generation.runtime, "restore/error");
  return refusal ?? noteError(platform, generation, request, "restore/error");
}

/** How long a set of credentials lasts. */
const lifetimeMs = 3_600_000;

/** `GET /2021-04-23/credentials`: a restored function gets its keys here, as they must not be in the snapshot. */
export function getCredentials(platform: Platform, _generation: Generation, request: ApiRequest): Answer {
  const { credentials, credentialsToken } = platform.settings;
  if (request.header("authorization") !== credentialsToken) {
    return notFound;
  }
  return jsonAnswer(200, {
    AccessKeyId: credentials["AWS_ACCESS_KEY_ID"],
    SecretAccessKey: credentials["AWS_SECRET_ACCESS_KEY"],
    Token: credentials["AWS_SESSION_TOKEN"],
    Expiration: new Date(platform.clock.epochMs() + lifetimeMs).toISOString(),
  });
}
