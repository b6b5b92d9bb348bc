import { ConfigError } from "./errors.ts";
import type { ExtensionOptions } from "./extension-options.ts";

/** The platform's limits: https://docs.aws.amazon.com/lambda/latest/dg/telemetry-api.html#telemetry-api-buffering */
const bufferingRanges = { maxItems: [1000, 10_000], maxBytes: [262_144, 1_048_576], timeoutMs: [25, 30_000] } as const;
/** The Runtime API's own. */
const reservedPort = 9001;

/** Checks what the types cannot. Errors: `ConfigError` with every problem. */
export function checkOptions(options: ExtensionOptions): void {
  const { telemetry } = options;
  if (telemetry === undefined) return;
  const problems: string[] = [];
  if (telemetry.types.length === 0) {
    problems.push('telemetry.types: expected at least one of "platform", "function", "extension", got none');
  }
  const { port = 0 } = telemetry;
  if (!Number.isInteger(port) || port < 0 || port > 65_535 || port === reservedPort) {
    problems.push(`telemetry.port: expected 0 to 65535 except ${reservedPort}, got ${port}`);
  }
  for (const [key, [least, most]] of Object.entries(bufferingRanges)) {
    const value = telemetry.buffering?.[key as keyof typeof bufferingRanges];
    if (value !== undefined && (!Number.isInteger(value) || value < least || value > most)) {
      problems.push(`telemetry.buffering.${key}: expected ${least} to ${most}, got ${value}`);
    }
  }
  if (problems.length > 0) throw new ConfigError(problems);
}
