import { preciseEpochMs } from "../timeline.ts";
import { childrenOf } from "./generation.ts";
import type { Generation } from "./generation.ts";
import type { World } from "./world.ts";

/** A stop of everything between two invocations. */
export interface Freeze {
  /** Everything goes on; idempotent. */
  thaw(): void;
}

/** Stops every process group and the delivery of telemetry, as Lambda does once everybody waits for the next event. */
export function freeze(world: World, generation: Generation): Freeze {
  const startEpochMs = preciseEpochMs();
  let isFrozen = true;
  world.telemetry.pause();
  for (const child of childrenOf(generation)) child.signal("SIGSTOP");
  return {
    thaw() {
      if (!isFrozen) return;
      isFrozen = false;
      for (const child of childrenOf(generation)) child.signal("SIGCONT");
      world.telemetry.resume();
      world.timeline.span("platform", "freeze", startEpochMs);
    },
  };
}
