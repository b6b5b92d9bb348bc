import type { Generation } from "../phases/generation.ts";
import type { World } from "../phases/world.ts";
import { jsonAnswer } from "./answers.ts";
import type { Answer } from "./answers.ts";
import type { ApiRequest } from "./server.ts";

/** How long a set of credentials lasts. */
const lifetimeMs = 3_600_000;

/** `GET /2021-04-23/credentials`: where a restored function gets its keys, which must not be in the snapshot. */
export function getCredentials(world: World, _generation: Generation, request: ApiRequest): Answer {
  const { credentials, credentialsToken } = world.settings;
  if (request.header("authorization") !== credentialsToken) {
    return { status: 404, headers: { "Content-Type": "text/plain; charset=utf-8" }, body: "404 page not found\n" };
  }
  return jsonAnswer(200, {
    AccessKeyId: credentials["AWS_ACCESS_KEY_ID"],
    SecretAccessKey: credentials["AWS_SECRET_ACCESS_KEY"],
    Token: credentials["AWS_SESSION_TOKEN"],
    Expiration: new Date(world.clock.epochMs() + lifetimeMs).toISOString(),
  });
}
