import type { RestoreReport } from "../history/report.ts";
import { preciseEpochMs } from "../history/timeline.ts";
import { errorTypeOf, waitFor } from "../state/generation.ts";
import type { Ending, Failure, Generation } from "../state/generation.ts";
import type { Platform } from "../state/platform.ts";
import { moveRuntime } from "../state/transitions.ts";
import { announce, roundToMicroseconds } from "./announce.ts";
import { restoreReportLine } from "./platform-lines.ts";

/** For the restore and the function's hooks. Source: https://docs.aws.amazon.com/lambda/latest/dg/snapstart.html */
const restoreLimitMs = 10_000;

const timedOut: Failure = {
  errorType: "SnapStartTimeoutException",
  errorMessage: "the restore and its hooks took more than 10 seconds",
};

/** Lets a runtime that waits in `restore/next` run its hooks. A runtime that went straight to `next` has no hooks. */
export async function runRestore(
  platform: Platform,
  generation: Generation,
): Promise<Ending & { readonly durationMs: number }> {
  const { runtime } = generation;
  const { settings } = platform;
  const startEpochMs = preciseEpochMs();
  platform.telemetry.emit("platform.restoreStart", {
    functionName: settings.functionName,
    functionVersion: settings.functionVersion,
    instanceId: settings.logStreamName,
    instanceMaxMemory: settings.memorySizeMb,
  });
  if (moveRuntime(runtime, "restore")) {
    for (const parked of runtime.parked.splice(0)) parked.respond({ status: 200, headers: {}, body: "" });
  }
  const limit = { deadlineEpochMs: Date.now() + restoreLimitMs, timedOut };
  const ending = await waitFor(generation, () => runtime.state === "Ready", limit);
  const { status } = ending;
  const durationMs = preciseEpochMs() - startEpochMs;
  platform.timeline.span("platform", "restore", startEpochMs);
  const errorType = ending.status === "success" ? undefined : ending.failure.errorType;
  platform.telemetry.emit("platform.restoreRuntimeDone", { status, errorType });
  const report: RestoreReport = { kind: "restore", status, errorType: errorTypeOf(ending), durationMs };
  announce(platform, {
    type: "platform.restoreReport",
    record: { status, errorType, metrics: { durationMs: roundToMicroseconds(durationMs) } },
    report,
    text: restoreReportLine(report),
  });
  return { ...ending, durationMs };
}
