import { preciseEpochMs } from "../history/timeline.ts";
import { childrenOf } from "../state/generation.ts";
import type { Generation } from "../state/generation.ts";
import type { Platform } from "../state/platform.ts";

/** A stop of everything between two invocations. */
export interface Freeze {
  /** Everything goes on; idempotent. */
  thaw(): void;
}

/** Stops every process group and the delivery of telemetry, as Lambda does once everybody waits for the next event. */
export function freeze(platform: Platform, generation: Generation): Freeze {
  const startEpochMs = preciseEpochMs();
  let isFrozen = true;
  platform.telemetry.pause();
  for (const child of childrenOf(generation)) child.signal("SIGSTOP");
  return {
    thaw() {
      if (!isFrozen) return;
      isFrozen = false;
      for (const child of childrenOf(generation)) child.signal("SIGCONT");
      platform.telemetry.resume();
      platform.timeline.span("platform", "freeze", startEpochMs);
    },
  };
}
