import type { RestoreReport } from "../history/report.ts";
import { preciseEpochMs } from "../history/timeline.ts";
import { waitFor } from "../state/generation.ts";
import type { Failure, Generation } from "../state/generation.ts";
import type { Platform } from "../state/platform.ts";
import { moveRuntime } from "../state/transitions.ts";
import { announce, roundToMicroseconds } from "./announce.ts";
import { restoreReportLine } from "./platform-lines.ts";

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
export async function runRestore(platform: Platform, generation: Generation): Promise<RestoreOutcome> {
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
  const ending = await waitFor(generation, () => runtime.state === "Ready", Date.now() + restoreLimitMs);
  const durationMs = preciseEpochMs() - startEpochMs;
  platform.timeline.span("platform", "restore", startEpochMs);
  const status = ({ met: "success", failed: "error", deadline: "timeout" } as const)[ending];
  const failure = ending === "deadline" ? timedOut : (generation.failure ?? timedOut);
  const error = ending === "met" ? {} : { errorType: failure.errorType };
  platform.telemetry.emit("platform.restoreRuntimeDone", { status, ...error });
  const errorType = ending === "failed" ? failure.errorType : undefined;
  const report: RestoreReport = { kind: "restore", status, errorType, durationMs };
  announce(platform, {
    type: "platform.restoreReport",
    record: { status, ...error, metrics: { durationMs: roundToMicroseconds(durationMs) } },
    report,
    text: restoreReportLine(report),
  });
  if (ending === "met") return { kind: "restored", durationMs };
  return { kind: ending === "failed" ? "failed" : "timeout", failure };
}

const timedOut: Failure = {
  errorType: "SnapStartTimeoutException",
  errorMessage: "the restore and its hooks took more than 10 seconds",
};
