import type { InitReport } from "../history/report.ts";
import { preciseEpochMs } from "../history/timeline.ts";
import { errorTypeOf, waitFor } from "../state/generation.ts";
import type { Ending, Failure, Generation, TimeLimit } from "../state/generation.ts";
import type { Platform } from "../state/platform.ts";
import { announce, roundToMicroseconds } from "./announce.ts";
import { launchExtensions, launchRuntime } from "./launch.ts";
import { extensionLine, initReportLine } from "./platform-lines.ts";

/** How an init ended. */
export type InitOutcome = Ending & { readonly durationMs: number };

/** Which init, and by when. */
export interface InitPlan {
  readonly phase: "init" | "invoke";
  readonly deadlineEpochMs: number;
}

const timedOut: Failure = { errorType: "Sandbox.Timedout", errorMessage: "the init phase ran out of time" };

/**
 * Starts the extensions; when all have registered, the runtime; and is over when all have called `next`.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
 */
export async function runInit(
  platform: Platform,
  generation: Generation,
  { phase, deadlineEpochMs }: InitPlan,
): Promise<InitOutcome> {
  const startEpochMs = preciseEpochMs();
  const limit = { deadlineEpochMs, timedOut };
  emitInitStart(platform, phase);
  launchExtensions(platform, generation);
  const hasRegistered = (): boolean => generation.extensions.every(({ state }) => state !== "Started");
  let ending = await waitFor(generation, hasRegistered, limit);
  const isRuntimeDue = ending.status === "success";
  if (isRuntimeDue) ending = await startRuntime(platform, generation, limit);
  generation.isRegistrationOpen = false;
  generation.isSubscriptionOpen = false;
  platform.telemetry.closeSubscriptions();

  const outcome = { ...ending, durationMs: preciseEpochMs() - startEpochMs };
  platform.timeline.span("platform", "init", startEpochMs, { detail: phase });
  emitInitEnd(platform, generation, { outcome, phase, isRuntimeDue });
  return outcome;
}

async function startRuntime(platform: Platform, generation: Generation, limit: TimeLimit): Promise<Ending> {
  const { extensions, runtime } = generation;
  launchRuntime(platform, generation);
  const isReady = (): boolean => runtime.state === "Ready" || runtime.state === "RestoreReady";
  const ending = await waitFor(generation, isReady, limit);
  if (ending.status !== "success") return ending;
  generation.isRegistrationOpen = false;
  return waitFor(generation, () => extensions.every(({ state }) => state === "Ready"), limit);
}

function emitInitStart(platform: Platform, phase: InitPlan["phase"]): void {
  const { settings, telemetry } = platform;
  telemetry.emit("platform.initStart", {
    initializationType: settings.initializationType,
    phase,
    runtimeVersion: runtimeVersion(settings.runtime),
    functionName: settings.functionName,
    functionVersion: settings.functionVersion,
    instanceId: settings.logStreamName,
    // Bytes on Managed Instances.
    instanceMaxMemory:
      settings.memorySizeMb * (settings.initializationType === "lambda-managed-instances" ? 1_048_576 : 1),
  });
}

/** `nodejs:22.emulator`, after the platform's `nodejs:22.v30`. */
function runtimeVersion(runtime: string): string {
  const match = /^([a-z]+)(.*?)(\.x)?$/.exec(runtime);
  return `${match?.[1] ?? runtime}:${match?.[2] ?? ""}.emulator`;
}

interface InitEnd {
  readonly outcome: InitOutcome;
  readonly phase: InitPlan["phase"];
  readonly isRuntimeDue: boolean;
}

function emitInitEnd(platform: Platform, generation: Generation, { outcome, phase, isRuntimeDue }: InitEnd): void {
  const { telemetry, settings } = platform;
  const { initializationType } = settings;
  const { status, durationMs } = outcome;
  const errorType = outcome.status === "success" ? undefined : outcome.failure.errorType;
  const base = { initializationType, phase, status, errorType };
  if (isRuntimeDue) telemetry.emit("platform.initRuntimeDone", base);
  for (const { name, state, events, errorType } of generation.extensions) {
    const record = { name, state, events, errorType };
    announce(platform, { type: "platform.extension", record, text: extensionLine(name, state, events) });
  }
  const report: InitReport = { kind: "init", phase, status, errorType: errorTypeOf(outcome), durationMs };
  const isWritten = status !== "success" || initializationType !== "on-demand";
  announce(platform, {
    type: "platform.initReport",
    record: { ...base, metrics: { durationMs: roundToMicroseconds(durationMs) } },
    report,
    text: isWritten ? initReportLine(report) : undefined,
  });
}
