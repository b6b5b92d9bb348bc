import { setTimeout as pause } from "node:timers/promises";
import type { Environment } from "../../environment/environment.ts";
import { startEnvironment } from "../../environment/start-environment.ts";
import type { LogLine } from "../../history/log-line.ts";
import type { TimelineEntry } from "../../history/timeline.ts";
import type { EnvironmentOptions, FunctionSpec } from "../../options/environment-options.ts";
import type { Fault, WatchedCall } from "../../options/fault.ts";
import type { InvokeResult } from "../../options/invoke-result.ts";
import { toAcceptedSubscription } from "./subscriptions.ts";
import type { AcceptedSubscription } from "./subscriptions.ts";
import { findTroubles } from "./trouble.ts";
import type { Trouble } from "./trouble.ts";

/** How an environment is disturbed. */
export interface TrialPlan {
  readonly options?: Partial<Omit<EnvironmentOptions, "function" | "layers" | "faults">>;
  readonly faults?: readonly Fault[];
  /** Added to the function's environment variables. */
  readonly variables?: Readonly<Record<string, string>>;
  /** What happens between init and SHUTDOWN. Returns the answers that must be responses. Default: two invocations. */
  during?(stage: Stage): Promise<readonly (InvokeResult | undefined)[]>;
}

/** An environment whose extensions are all ready. */
export interface Stage {
  readonly environment: Environment;
  /** Invokes and waits until every process is done. Returns undefined if an earlier trouble makes that pointless. */
  invoke(): Promise<InvokeResult | undefined>;
  /** Waits for a moment that comes soon. Returns false if it did not come. Units: milliseconds. */
  reaches(condition: () => boolean, limitMs: number): Promise<boolean>;
}

/** What happened in an environment. */
export interface Trial {
  readonly troubles: readonly Trouble[];
  /** Every `register` and `telemetry` call. */
  readonly calls: readonly WatchedCall[];
  readonly subscriptions: readonly AcceptedSubscription[];
  readonly timeline: readonly TimelineEntry[];
  readonly lines: readonly LogLine[];
  /** Whether the environment had Lambda's own paths. */
  readonly hasNamespace: boolean;
}

/** A line after the name of its writer. */
export function attributed({ name, text }: LogLine): string {
  return `[${name}] ${text.trimEnd()}`;
}

/** What all trials of a layer have in common. */
export interface TrialSetup {
  readonly layer: string;
  readonly extensions: readonly string[];
  readonly function: FunctionSpec;
  readonly signal: AbortSignal | undefined;
}

/** Far more than an extension needs to send something after each event. */
const timeoutSeconds = 5;
/** As on demand: an extension that takes longer would also take longer than the 130 s of other environments. */
const initTimeoutSeconds = 10;

/** Runs one environment from init to SHUTDOWN. Returns what the extensions did. */
export async function runTrial(setup: TrialSetup, plan: TrialPlan): Promise<Trial> {
  const calls: WatchedCall[] = [];
  const subscriptions: AcceptedSubscription[] = [];
  const watches: readonly Fault[] = [
    { kind: "watch", call: "register", onAnswer: (call) => calls.push(call) },
    {
      kind: "watch",
      call: "telemetry",
      onAnswer(call) {
        calls.push(call);
        const subscription = toAcceptedSubscription(call);
        if (subscription !== undefined) subscriptions.push(subscription);
      },
    },
  ];
  const environment = await startEnvironment(toOptions(setup, plan, watches));
  const abort = (): void => void environment.close();
  setup.signal?.addEventListener("abort", abort);
  try {
    const troubles = await runPlan(environment, setup.extensions, plan);
    const { timeline, lines, isolation } = environment;
    const hasNamespace = isolation.kind === "namespace";
    return { troubles, calls, subscriptions, timeline, lines, hasNamespace };
  } finally {
    setup.signal?.removeEventListener("abort", abort);
    await environment.close();
  }
}

function toOptions(
  setup: TrialSetup,
  { options, faults = [], variables }: TrialPlan,
  watches: readonly Fault[],
): EnvironmentOptions {
  return {
    initTimeoutSeconds,
    ...options,
    function: { ...setup.function, timeoutSeconds, environment: { ...setup.function.environment, ...variables } },
    layers: [setup.layer],
    faults: [...watches, ...faults],
    ...(setup.signal === undefined ? {} : { signal: setup.signal }),
  };
}

async function runPlan(
  environment: Environment,
  extensions: readonly string[],
  plan: TrialPlan,
): Promise<readonly Trouble[]> {
  const { timeline } = environment;
  const findAll = (): readonly Trouble[] => findTroubles(timeline, extensions);
  const isReady = extensions.every((name) => timeline.some(({ lane, kind }) => lane === name && kind === "next"));
  const stage = toStage(environment, () => findAll().length > 0);
  const answers = isReady ? await (plan.during?.(stage) ?? invokeTwice(stage)) : [];
  await environment.shutdown();
  const failed = answers.find((answer) => answer?.kind === "function-error");
  const troubles = findAll();
  if (troubles.length > 0 || failed === undefined) return troubles;
  return [{ kind: "invocation", text: `the function failed: ${failed.payload}` }];
}

function toStage(environment: Environment, isOver: () => boolean): Stage {
  let count = 0;
  return {
    environment,
    async invoke() {
      if (isOver()) return undefined;
      count += 1;
      const answer = await environment.invoke({ invocation: count });
      await environment.idle();
      return answer;
    },
    async reaches(condition, limitMs) {
      for (const end = performance.now() + limitMs; !condition(); await pause(5)) {
        if (performance.now() > end || isOver()) return false;
      }
      return true;
    },
  };
}

/** What breaks after the first event shows at the second. */
async function invokeTwice(stage: Stage): Promise<readonly (InvokeResult | undefined)[]> {
  return [await stage.invoke(), await stage.invoke()];
}
