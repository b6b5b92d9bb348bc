import { ConfigError, createDeadline, now, sleep, waitAtMost, wasFrozenBetween } from "@lambda-extension/core";
import type { Clock, ExtensionContext, ExtensionOptions } from "@lambda-extension/core";
import type { Variables } from "@lambda-extension/core/settings";
import type { FetchFailure } from "./aws/classify-failure.ts";
import { createCredentials } from "./aws/credentials.ts";
import { createHttpClient } from "./aws/http-client.ts";
import type { Settings } from "./config/settings.ts";
import { createGate } from "./gate.ts";
import { createFailureReport } from "./report.ts";
import type { Report } from "./report.ts";
import { createRequestHandler } from "./server/answer-request.ts";
import type { RequestHandler } from "./server/connection.ts";
import { createSources } from "./sources/registry.ts";
import type { SourceItem } from "./sources/source.ts";
import { Cache } from "./store/cache.ts";

/** What the cache warmer needs of its process; tests hand in a fake. */
export interface Host {
  /** The environment variables. */
  readonly env: Variables;
  readonly clock: Clock;
  /** From 0 (included) to 1 (excluded). */
  readonly random: () => number;
  /** Writes one line for the operator. */
  readonly write: (line: string) => void;
}

/** What the warmer is made of. */
export interface WarmerParts {
  readonly settings: Settings;
  readonly report: Report;
  readonly host: Host;
}

/** The cache warmer without its server: what answers requests, and the handlers of the life cycle. */
export interface Warmer extends Required<Pick<ExtensionOptions, "onInit" | "onRestore" | "onInvoke">> {
  readonly handle: RequestHandler;
  /** Begins to fetch what is listed, unless a snapshot would hold it. Does not wait. */
  start(): void;
}

/** A function that reads before the restore was noticed waits that long for it. */
const maxGateWaitMs = 500;

/** An invocation's last moments belong to the function. */
const invokeMarginMs = 100;

/** Lambda Managed Instances send no INVOKE: there a timer renews. */
const timerMs = 5000;

/** Builds the cache warmer. */
export function createWarmer({ settings, report, host }: WarmerParts): Warmer {
  const { env, clock, random } = host;
  const client = createHttpClient(settings);
  const credentials = createCredentials({ environment: env, client, clock });
  const sources = createSources(settings, { client, credentials, clock, random, wait: sleep });
  const cache = new Cache({
    ...settings.cache,
    clock,
    random,
    deadline: (timeoutMs) => createDeadline({ timeoutMs, clock }),
    onFailure: createFailureReport(report),
  });
  const gate = createGate({ isOpen: env["AWS_LAMBDA_INITIALIZATION_TYPE"] !== "snap-start" });
  let warmed: Promise<readonly Unwarmed[]> = Promise.resolve([]);
  let lastSeen = now(clock);

  function warm(): void {
    warmed = Promise.all(
      sources.map(async (source) =>
        (await cache.warm(source, source.warm)).map(({ item, failure }) => ({ item, failure, noun: source.noun })),
      ),
    ).then((lists) => lists.flat());
  }

  function openGate(): void {
    if (gate.isOpen) return;
    gate.open();
    warm();
  }

  async function onInit(context: ExtensionContext): Promise<void> {
    if (context.initializationType === "lambda-managed-instances") {
      setInterval(() => void cache.refreshDue(sources), timerMs).unref();
    }
    if (!gate.isOpen) return;
    if ((await waitAtMost(warmed, settings.initWaitMs)).kind === "late") {
      report(
        "WARN",
        `still fetching after ${settings.initWaitMs} ms (CACHE_WARMER_INIT_WAIT_MILLIS); reads wait for what is on its way`,
      );
    }
    if (settings.required.length > 0) failOnRequired(settings.required, await warmed);
    lastSeen = now(clock);
  }

  return {
    handle: createRequestHandler({
      sources,
      readiness: () =>
        gate.isOpen ? { kind: "ready" } : { kind: "waiting", opened: () => gate.opensWithin(maxGateWaitMs) },
      tokens: () => credentials.tokens(),
      readNow: (item) => cache.readNow(item),
      read: (source, item) => cache.read(source, item),
    }),
    start: () => {
      if (gate.isOpen) warm();
    },
    onInit,
    onRestore: () => {
      client.dropConnections();
      cache.clear();
      credentials.forget();
      openGate();
    },
    onInvoke: async (_event, context) => {
      const at = now(clock);
      // The other end of a connection that was frozen has usually hung up.
      if (wasFrozenBetween(lastSeen, at)) client.dropConnections();
      openGate();
      await waitAtMost(cache.refreshDue(sources), Math.min(settings.holdMs, context.remainingMs() - invokeMarginMs));
      lastSeen = now(clock);
    },
  };
}

interface Unwarmed {
  readonly item: SourceItem;
  readonly failure: FetchFailure;
  readonly noun: string;
}

function failOnRequired(required: readonly string[], unwarmed: readonly Unwarmed[]): void {
  const problems = unwarmed
    .filter(({ item }) => required.includes(item.id))
    .map(
      ({ item, failure, noun }) =>
        `expected a ${noun} ${item.id} that can be read, got ${failure.code}: ${failure.message}`,
    )
    .map((problem) => `CACHE_WARMER_REQUIRED: ${problem}`);
  if (problems.length > 0) throw new ConfigError(problems);
}
