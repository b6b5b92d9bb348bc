import type { InitReport } from "../history/report.ts";
import { preciseEpochMs } from "../history/timeline.ts";
import { waitFor } from "../state/generation.ts";
import type { Failure, Generation } from "../state/generation.ts";
import type { Platform } from "../state/platform.ts";
import { announce, roundToMicroseconds } from "./announce.ts";
import { launchExtensions, launchRuntime } from "./launch.ts";
import { extensionLine, initReportLine } from "./platform-lines.ts";

/** How an init ended. */
export type InitOutcome = { readonly kind: "ready"; readonly durationMs: number } | FailedInit;

/** An init that failed or ran out of time. */
export interface FailedInit {
  readonly kind: "failed" | "timeout";
  readonly durationMs: number;
  readonly failure: Failure;
}

/** Which init, and by when. */
export interface InitPlan {
  readonly phase: "init" | "invoke";
  readonly deadlineEpochMs: number;
}

/**
 * Starts the extensions; when all have registered, the runtime; and is over when all have called `next`.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
 */
export async function runInit(platform: Platform, generation: Generation, plan: InitPlan): Promise<InitOutcome> {
  const startEpochMs = preciseEpochMs();
  emitInitStart(platform, plan.phase);
  const steps = await runSteps(platform, generation, plan.deadlineEpochMs);
  generation.isRegistrationOpen = false;
  generation.isSubscriptionOpen = false;
  platform.telemetry.closeSubscriptions();

  const durationMs = preciseEpochMs() - startEpochMs;
  platform.timeline.span("platform", "init", startEpochMs, { detail: plan.phase });
  const outcome = toOutcome(generation, steps.ending, durationMs);
  emitInitEnd(platform, generation, { outcome, phase: plan.phase, wasRuntimeStarted: steps.wasRuntimeStarted });
  return outcome;
}

type Ending = "met" | "failed" | "deadline";

async function runSteps(
  platform: Platform,
  generation: Generation,
  deadlineEpochMs: number,
): Promise<{ ending: Ending; wasRuntimeStarted: boolean }> {
  const { extensions, runtime } = generation;
  const hasRegistered = (): boolean => extensions.every((extension) => extension.state !== "Started");
  const isRuntimeReady = (): boolean => runtime.state === "Ready" || runtime.state === "RestoreReady";
  const isEveryoneReady = (): boolean => extensions.every((extension) => extension.state === "Ready");

  launchExtensions(platform, generation);
  let ending = await waitFor(generation, hasRegistered, deadlineEpochMs);
  if (ending !== "met") return { ending, wasRuntimeStarted: false };
  launchRuntime(platform, generation);
  ending = await waitFor(generation, isRuntimeReady, deadlineEpochMs);
  if (ending === "met") {
    generation.isRegistrationOpen = false;
    ending = await waitFor(generation, isEveryoneReady, deadlineEpochMs);
  }
  return { ending, wasRuntimeStarted: true };
}

function toOutcome(generation: Generation, ending: Ending, durationMs: number): InitOutcome {
  if (ending === "met") return { kind: "ready", durationMs };
  if (ending === "deadline") {
    const failure = { errorType: "Sandbox.Timedout", errorMessage: "the init phase ran out of time" };
    return { kind: "timeout", durationMs, failure };
  }
  const failure = generation.failure ?? { errorType: "Sandbox.Failure", errorMessage: "unknown" };
  return { kind: "failed", durationMs, failure };
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
    // Managed Instances tell bytes.
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
  readonly wasRuntimeStarted: boolean;
}

function emitInitEnd(platform: Platform, generation: Generation, { outcome, phase, wasRuntimeStarted }: InitEnd): void {
  const { telemetry, settings } = platform;
  const status = ({ ready: "success", failed: "error", timeout: "timeout" } as const)[outcome.kind];
  const errorType = outcome.kind === "ready" ? undefined : outcome.failure.errorType;
  const base = {
    initializationType: settings.initializationType,
    phase,
    status,
    ...(errorType === undefined ? {} : { errorType }),
  };
  if (wasRuntimeStarted) telemetry.emit("platform.initRuntimeDone", base);
  for (const { name, state, events, errorType } of generation.extensions) {
    const record = { name, state, events, ...(errorType === undefined ? {} : { errorType }) };
    announce(platform, { type: "platform.extension", record, text: extensionLine(name, state, events) });
  }
  const report: InitReport = {
    kind: "init",
    phase,
    status,
    // The line of an init that ran out of time has none.
    errorType: outcome.kind === "failed" ? errorType : undefined,
    durationMs: outcome.durationMs,
  };
  const isWritten = outcome.kind !== "ready" || settings.initializationType !== "on-demand";
  announce(platform, {
    type: "platform.initReport",
    record: { ...base, metrics: { durationMs: roundToMicroseconds(outcome.durationMs) } },
    report,
    ...(isWritten ? { text: initReportLine(report) } : {}),
  });
}
