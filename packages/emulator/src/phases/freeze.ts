import { preciseEpochMs } from "../history/timeline.ts";
import { childrenOf } from "../state/generation.ts";
import type { Generation } from "../state/generation.ts";
import type { Platform } from "../state/platform.ts";

/**
 * Stops every process group and the delivery of telemetry, as Lambda does once every process waits for the next event.
 * Returns the function that lets everything go on.
 */
export function freeze(platform: Platform, generation: Generation): () => void {
  const startEpochMs = preciseEpochMs();
  platform.telemetry.pause();
  for (const child of childrenOf(generation)) child.signal("SIGSTOP");
  return () => {
    for (const child of childrenOf(generation)) child.signal("SIGCONT");
    platform.telemetry.resume();
    platform.timeline.span("platform", "freeze", startEpochMs);
  };
}
