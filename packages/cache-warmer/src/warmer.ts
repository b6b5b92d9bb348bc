import { ConfigError, createDeadline, now, sleep, waitAtMost, wasFrozenBetween } from "@lambda-extension/core";
import type { Clock, ExtensionContext, ExtensionOptions } from "@lambda-extension/core";
import type { Variables } from "@lambda-extension/core/settings";
import { createCredentials } from "./aws/credentials.ts";
import { createHttpClient } from "./aws/http-client.ts";
import type { Settings } from "./config/settings.ts";
import { createGate } from "./gate.ts";
import { createFailureReport } from "./report.ts";
import type { Report } from "./report.ts";
import { createRequestHandler } from "./server/answer-request.ts";
import type { RequestHandler } from "./server/connection.ts";
import { createSources } from "./sources/registry.ts";
import type { Source } from "./sources/source.ts";
import { Cache } from "./store/cache.ts";

/** What the cache warmer needs of its process; tests give it a fake one. */
export interface Host {
  /** The environment variables. */
  readonly env: Variables;
  readonly clock: Clock;
  /** From 0 (included) to 1 (excluded). */
  readonly random: () => number;
  /** Writes one line for the operator. */
  readonly write: (line: string) => void;
}

/** The cache warmer without its server: it answers requests, and has the handlers of the life cycle. */
export interface Warmer extends Required<Pick<ExtensionOptions, "onInit" | "onRestore" | "onInvoke">> {
  readonly handle: RequestHandler;
  /** Begins to fetch the listed names, unless a snapshot would hold their values. Does not wait. */
  start(): void;
}

/** How long a read waits for the restore, if the read comes before the warmer notices the restore. */
const maxGateWaitMs = 500;

/** The warmer does not hold an invocation that is this close to its deadline. */
const invokeMarginMs = 100;

/** How often values are renewed on Lambda Managed Instances, which send no INVOKE. */
const timerMs = 5000;

/** Builds the cache warmer. */
export function createWarmer(settings: Settings, report: Report, host: Host): Warmer {
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
  /** The problems of required names, when all fetches of listed names have landed. */
  let warmed: Promise<readonly string[]> = Promise.resolve([]);
  let lastSeen = now(clock);

  async function warmSource(source: Source): Promise<readonly string[]> {
    const failed = await cache.warm(source, source.warm);
    return failed
      .filter(({ item }) => settings.required.includes(item.id))
      .map(({ item, failure }) => {
        const cause = `${failure.code}: ${failure.message}`;
        return `CACHE_WARMER_REQUIRED: expected a ${source.noun} ${item.id} that can be read, got ${cause}`;
      });
  }

  function warm(): void {
    warmed = Promise.all(sources.map(warmSource)).then((problems) => problems.flat());
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
        `still fetching after ${settings.initWaitMs} ms (CACHE_WARMER_INIT_WAIT_MILLIS); reads wait for their own fetch`,
      );
    }
    const problems = settings.required.length > 0 ? await warmed : [];
    if (problems.length > 0) throw new ConfigError(problems);
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
      // After a freeze the other end has usually closed its connections.
      if (wasFrozenBetween(lastSeen, at)) client.dropConnections();
      openGate();
      await waitAtMost(cache.refreshDue(sources), Math.min(settings.holdMs, context.remainingMs() - invokeMarginMs));
      lastSeen = now(clock);
    },
  };
}
