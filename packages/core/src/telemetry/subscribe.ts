import type { TelemetryOptions } from "../extension-options.ts";
import type { ExtensionsApi, SubscriptionAnswer } from "../extensions-api.ts";

/** Newest first; the older ones know fewer events. */
const schemaVersions = ["2025-01-29", "2022-12-13", "2022-07-01"] as const;
const subscribeTimeoutMs = 5000;

/** The platform's own defaults. Always sent: its documentation states two different ones for `maxItems`. */
const defaultBuffering = { maxItems: 10_000, maxBytes: 262_144, timeoutMs: 1000 } as const;

/**
 * Subscribes with the newest schema that the platform takes: 400 means "try an older one". Managed Instances know only
 * the newest.
 * Errors: `PlatformError` if no answer came.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/telemetry-api-reference.html
 */
export async function subscribeToTelemetry(
  api: ExtensionsApi,
  options: Pick<TelemetryOptions, "types" | "protocol" | "buffering">,
  place: { readonly port: number; readonly initializationType: string },
): Promise<SubscriptionAnswer> {
  const { port } = place;
  const destination =
    options.protocol === "TCP"
      ? ({ protocol: "TCP", port } as const)
      : ({ protocol: "HTTP", URI: `http://sandbox.localdomain:${port}` } as const);
  const buffering = { ...defaultBuffering, ...options.buffering };
  const known = place.initializationType === "lambda-managed-instances" ? schemaVersions.slice(0, 1) : schemaVersions;
  let answer: SubscriptionAnswer = { kind: "unsupported" };
  for (const schemaVersion of known) {
    answer = await api.subscribe({ schemaVersion, types: options.types, destination, buffering }, subscribeTimeoutMs);
    if (answer.kind !== "refused" || answer.error.status !== 400) return answer;
  }
  return answer;
}
