import type { Answer, ApiRequest } from "../state/api-request.ts";
import type { Generation } from "../state/generation.ts";
import type { Platform } from "../state/platform.ts";
import { parseSubscription } from "../telemetry/subscription.ts";
import { errorAnswer, jsonAnswer } from "./answers.ts";
import { identifyExtension } from "./identify-extension.ts";

const allSchemas = ["2022-07-01", "2022-12-13", "2025-01-29"];
/** Managed Instances know the newest one only. */
const newestSchemas = ["2025-01-29"];

/**
 * `PUT /2022-07-01/telemetry`: the identifier first, then whether it is too late, then the body.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/telemetry-api-reference.html
 */
export function subscribe(platform: Platform, generation: Generation, request: ApiRequest): Answer {
  const identified = identifyExtension(generation, request);
  if (identified.kind === "refused") return identified.answer;
  if (!generation.isSubscriptionOpen) {
    return errorAnswer(403, "Telemetry.SubscriptionClosed", "Telemetry API subscription is closed already");
  }
  const isManaged = platform.settings.initializationType === "lambda-managed-instances";
  const parsed = parseSubscription(request.body, isManaged ? newestSchemas : allSchemas);
  if (parsed.kind === "invalid") {
    return jsonAnswer(400, { errorType: "ValidationError", errorMessage: parsed.problems.join("; ") });
  }
  const { name } = identified.extension;
  platform.timeline.mark(name, "subscribe", { detail: parsed.subscription.types.join(", ") });
  platform.telemetry.subscribe(name, parsed.subscription);
  return { status: 200, headers: { "Content-Type": "application/json" }, body: '"OK"' };
}

/**
 * `PUT /2022-07-01/telemetry` and `PUT /2020-08-15/logs` as AWS's own emulator answers: accepted, and nothing ever
 * comes.
 */
export function refuseSubscription(api: "Telemetry" | "Logs"): () => Answer {
  return () => errorAnswer(202, `${api}.NotSupported`, `${api} API is not supported`);
}
