import type { InvokeOptions, InvokeResult } from "../options/invoke-result.ts";
import { EmulatorError } from "../problems/emulator-error.ts";
import { createGeneration, fail, failureAnswer } from "../state/generation.ts";
import type { FailedEnding, Generation } from "../state/generation.ts";
import type { Call, Invocation } from "../state/invocation.ts";
import { createInvocation } from "../state/invocation.ts";
import type { Platform } from "../state/platform.ts";
import { freeze } from "./freeze.ts";
import { runInit } from "./init.ts";
import type { InitOutcome } from "./init.ts";
import { announceStart, reportFailedInit, runInvocation } from "./invoke.ts";
import { runRestore } from "./restore.ts";
import { shutDown } from "./shutdown.ts";
import type { ShutdownReason } from "./shutdown.ts";

/** The life of one environment: init, invocations one after another, resets, shutdown. */
export interface Lifecycle {
  /** The processes that are alive, or the last ones: their state refuses late calls. */
  readonly generation: Generation;
  start(): Promise<void>;
  invoke(event: unknown, options: InvokeOptions): Promise<InvokeResult>;
  idle(): Promise<void>;
  /** Breaks off what runs: an init or an unanswered invocation fails at once, an answered one has 2 s left. */
  abort(): Promise<void>;
  shutdown(reason: ShutdownReason): Promise<void>;
}

/** What extensions get to finish an answered invocation when the environment is closed. */
const settleLimitMs = 2000;

/** Nothing runs until `start`. */
export function createLifecycle(platform: Platform): Lifecycle {
  let generation = createGeneration();
  let isAlive = false;
  let isClosed = false;
  let hasStarted = false;
  let isReady = false;
  // Initialised, but not restored yet.
  let isSnapshot = false;
  let running: Invocation | undefined;
  let initDurationMs: number | undefined;
  let unfreeze: (() => void) | undefined;
  // Every step waits for the one before: Lambda gives an environment one invocation at a time.
  let last: Promise<unknown> = Promise.resolve();

  function enqueue<Value>(work: () => Promise<Value>): Promise<Value> {
    const result = last.then(work);
    last = result.catch(() => {});
    return result;
  }

  function freezeIfAsked(): void {
    if (platform.settings.freeze || isSnapshot) unfreeze = freeze(platform, generation);
  }

  function thaw(): void {
    unfreeze?.();
    unfreeze = undefined;
  }

  async function init(phase: "init" | "invoke", deadlineEpochMs: number): Promise<InitOutcome> {
    generation = createGeneration();
    isAlive = true;
    isReady = false;
    const outcome = await runInit(platform, generation, { phase, deadlineEpochMs });
    isReady = outcome.status === "success";
    isSnapshot = isReady && platform.settings.initializationType === "snap-start";
    // The report of the first invocation has no init that was paid for by itself, or that ran within an invocation.
    const isReported = isReady && phase === "init" && platform.settings.initializationType === "on-demand";
    initDurationMs = isReported ? outcome.durationMs : undefined;
    if (outcome.status !== "success") await endAfter(outcome);
    return outcome;
  }

  function firstInit(): Promise<InitOutcome> {
    hasStarted = true;
    return init("init", Date.now() + platform.settings.initTimeoutMs);
  }

  async function end(reason: ShutdownReason): Promise<void> {
    if (!isAlive) return;
    isAlive = false;
    thaw();
    await shutDown(platform, generation, reason);
  }

  async function endAfter({ status }: FailedEnding): Promise<void> {
    await end(status === "timeout" ? "timeout" : "failure");
  }

  async function run(invocation: Invocation): Promise<void> {
    // AWS's own emulator knows only the init within an invocation.
    if (!hasStarted && !platform.settings.isRie) await firstInit();
    if (!isAlive) {
      const outcome = await init("invoke", invocation.deadlineEpochMs);
      if (outcome.status !== "success") {
        invocation.answer(failureAnswer(invocation.requestId, outcome.failure, generation));
        reportFailedInit(platform, generation, invocation, outcome);
        return;
      }
    }
    thaw();
    const restored = isSnapshot ? await runRestore(platform, generation) : undefined;
    isSnapshot = false;
    if (restored !== undefined && restored.status !== "success") {
      await giveUp(invocation, restored);
      return;
    }
    announceStart(platform, invocation);
    const restoreDurationMs = restored?.durationMs;
    const ending = await runInvocation(platform, generation, { invocation, initDurationMs, restoreDurationMs });
    initDurationMs = undefined;
    if (ending.status === "success") freezeIfAsked();
    else await giveUp(invocation, ending);
  }

  /** The caller gets the failure; the processes are ended, and the next invocation starts new ones. */
  async function giveUp(invocation: Invocation, ending: FailedEnding): Promise<void> {
    invocation.answer(failureAnswer(invocation.requestId, ending.failure, generation));
    await endAfter(ending);
  }

  async function serve(call: Call): Promise<void> {
    if (isClosed) {
      call.reject(new EmulatorError("the environment was shut down before this invocation ran"));
      return;
    }
    // AWS's own emulator keeps the answer until the extensions are done.
    let held: InvokeResult | undefined;
    const hold = (result: InvokeResult): void => void (held = result);
    running = createInvocation(platform, platform.settings.isRie ? { ...call, resolve: hold } : call);
    await run(running);
    running = undefined;
    if (held !== undefined) call.resolve(held);
  }

  return {
    get generation() {
      return generation;
    },
    start: () =>
      enqueue(async () => {
        if (platform.settings.isLazy) return;
        const outcome = await firstInit();
        if (outcome.status === "success") freezeIfAsked();
      }),
    invoke(event, options) {
      if (isClosed) return Promise.reject(new EmulatorError("the environment has been shut down: start another one"));
      return new Promise((resolve, reject) => {
        enqueue(() => serve({ event, options, resolve, reject })).catch(reject);
      });
    },
    async idle() {
      await last;
    },
    async abort() {
      isClosed = true;
      // The caller has its answer: the extensions get a moment to finish.
      if (running?.response !== undefined) await settledWithin(last, settleLimitMs);
      running?.abandon();
      if (running !== undefined || !isReady) {
        fail(generation, { errorType: "Sandbox.Failure", errorMessage: "the environment was closed" });
      }
    },
    shutdown(reason) {
      isClosed = true;
      return enqueue(() => end(reason));
    },
  };
}

/** Resolves when the work or the time is over. */
function settledWithin(work: Promise<unknown>, limitMs: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, limitMs);
    void work.finally(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}
