import { nextRuntimeState } from "../state/runtime-state.ts";
import { preciseEpochMs } from "../timeline.ts";
import { announce } from "./announce.ts";
import { waitFor } from "./generation.ts";
import type { Failure, Generation } from "./generation.ts";
import { roundToMicroseconds } from "./init.ts";
import { restoreReportLine } from "./platform-lines.ts";
import type { World } from "./world.ts";

/** How a restore ended. */
export type RestoreOutcome =
  | { readonly kind: "restored"; readonly durationMs: number }
  | { readonly kind: "failed" | "timeout"; readonly failure: Failure };

/**
 * For the restore and the function's hooks together. Source:
 * https://docs.aws.amazon.com/lambda/latest/dg/snapstart.html
 */
const restoreLimitMs = 10_000;

/** Lets a runtime that waits in `restore/next` run its hooks; one that went straight to `next` has none. */
export async function runRestore(world: World, generation: Generation): Promise<RestoreOutcome> {
  const { runtime } = generation;
  const { settings } = world;
  const startEpochMs = preciseEpochMs();
  world.telemetry.emit("platform.restoreStart", {
    functionName: settings.functionName,
    functionVersion: settings.functionVersion,
    instanceId: settings.logStreamName,
    instanceMaxMemory: settings.memorySizeMb,
  });
  runtime.state = nextRuntimeState(runtime.state, "restore") ?? runtime.state;
  if (runtime.state === "Restoring") {
    for (const parked of runtime.parked.splice(0)) parked.respond({ status: 200, headers: {}, body: "" });
  }
  const ending = await waitFor(generation, () => runtime.state === "Ready", Date.now() + restoreLimitMs);
  const durationMs = preciseEpochMs() - startEpochMs;
  world.timeline.span("platform", "restore", startEpochMs);
  const status = { met: "success", failed: "error", deadline: "timeout" }[ending];
  const failure = ending === "deadline" ? timedOut : (generation.failure ?? timedOut);
  const error = ending === "met" ? {} : { errorType: failure.errorType };
  world.telemetry.emit("platform.restoreRuntimeDone", { status, ...error });
  announce(world, {
    type: "platform.restoreReport",
    record: { status, ...error, metrics: { durationMs: roundToMicroseconds(durationMs) } },
    text: restoreReportLine(durationMs, status, ending === "failed" ? failure.errorType : undefined),
  });
  if (ending === "met") return { kind: "restored", durationMs };
  return { kind: ending === "failed" ? "failed" : "timeout", failure };
}

const timedOut: Failure = {
  errorType: "SnapStartTimeoutException",
  errorMessage: "the restore and its hooks took more than 10 seconds",
};
