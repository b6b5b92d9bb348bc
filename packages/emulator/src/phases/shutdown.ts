import { preciseEpochMs } from "../history/timeline.ts";
import { childrenOf } from "../state/generation.ts";
import type { Extension, Generation } from "../state/generation.ts";
import type { Platform } from "../state/platform.ts";
import { releaseEvent } from "../state/release-event.ts";

/** Why an environment ends, as the event says it. */
export type ShutdownReason = "spindown" | "timeout" | "failure";

/** The time for all processes: with an external extension, and with internal ones only. Units: milliseconds. */
const externalLimitMs = 2000;
const internalLimitMs = 500;
/** The runtime's share of the time, if there are external extensions. */
const runtimeShare = 0.3;
/** The time for deliveries before SHUTDOWN goes out, as long as they succeed. */
const flushLimitMs = 500;
/** The time for the system to end killed processes. */
const reapLimitMs = 2000;

/**
 * Sends SIGTERM to the runtime and SIGKILL after its share; then SHUTDOWN to the extensions that asked for it, SIGKILL
 * to the others at once, and SIGKILL to all at the limit. Without extensions: SIGKILL at once.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
 */
export async function shutDown(platform: Platform, generation: Generation, reason: ShutdownReason): Promise<void> {
  generation.isShuttingDown = true;
  const startEpochMs = preciseEpochMs();
  const registered = generation.extensions.filter(
    (extension) => extension.state !== "Started" && extension.state !== "LaunchError",
  );
  const external = registered.filter((extension) => extension.kind === "external");
  const limitMs = external.length > 0 ? externalLimitMs : internalLimitMs;
  const deadlineEpochMs = Date.now() + limitMs;

  if (registered.length > 0) await endRuntime(generation, external.length > 0 ? limitMs * runtimeShare : limitMs);
  generation.runtime.child?.signal("SIGKILL");
  await platform.telemetry.flush(Date.now() + flushLimitMs);
  const informed = external.filter((extension) => extension.events.includes("SHUTDOWN"));
  for (const extension of generation.extensions) {
    if (!informed.includes(extension)) extension.child?.signal("SIGKILL");
  }
  await endExtensions(platform, generation, informed, { kind: "SHUTDOWN", deadlineEpochMs, reason });
  for (const child of childrenOf(generation)) child.signal("SIGKILL");
  await generation.changes.until(
    () => childrenOf(generation).every((child) => !child.isRunning),
    Date.now() + reapLimitMs,
  );
  platform.telemetry.reset();
  platform.timeline.span("platform", "shutdown", startEpochMs, { detail: reason });
}

async function endRuntime(generation: Generation, shareMs: number): Promise<void> {
  const { child } = generation.runtime;
  if (child === undefined || !child.isRunning) return;
  child.signal("SIGTERM");
  await generation.changes.until(() => !child.isRunning, Date.now() + shareMs);
}

interface ShutdownEvent {
  readonly kind: "SHUTDOWN";
  readonly deadlineEpochMs: number;
  readonly reason: ShutdownReason;
}

async function endExtensions(
  platform: Platform,
  generation: Generation,
  informed: readonly Extension[],
  event: ShutdownEvent,
): Promise<void> {
  for (const extension of informed) releaseEvent(platform, extension, event);
  await generation.changes.until(() => informed.every(({ child }) => child?.isRunning !== true), event.deadlineEpochMs);
}
