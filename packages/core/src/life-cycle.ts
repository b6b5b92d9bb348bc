import { TimedShutdownContext } from "./contexts.ts";
import { createDeadline, isThenable, waitAtMost } from "./deadline.ts";
import { describeError, errorName } from "./describe-error.ts";
import type { LifecycleStep } from "./extension-options.ts";
import { createFailurePolicy } from "./failure-policy.ts";
import { tellStartCheck } from "./host.ts";
import { createInterruption } from "./interruption.ts";
import type { ShutdownEvent } from "./lifecycle-event.ts";
import { pollEvents } from "./poll-events.ts";
import { startExtension } from "./start-extension.ts";
import type { LifeCycleParts, Started } from "./start-extension.ts";

/** SHUTDOWN ends in SIGKILL, and the CPU share of a small function makes the last steps slow. */
const shutdownMarginMs = 300;
/** A signal has no deadline of its own: this is Lambda's limit for SHUTDOWN. */
const signalDeadlineMs = 2000;
/** How long a failing process stays to report why. */
const reportErrorTimeoutMs = 1000;

/**
 * From registration to the end of the process: starts, polls, shuts down, exits 0; or reports why not and exits 1.
 * Resolves after `host.exit` was called; never rejects.
 */
export async function runLifeCycle(parts: LifeCycleParts): Promise<void> {
  const { options, host, api, report } = parts;
  const interruption = createInterruption();
  let fatal: { readonly error: unknown } | undefined;
  const policy = createFailurePolicy(options.failure, {
    report,
    onFatal(error) {
      fatal ??= { error };
      interruption.fail(error);
    },
  });

  function onStep(step: LifecycleStep): void {
    try {
      options.onStep?.(step);
    } catch (error) {
      policy.onFailure("onStep", error);
    }
  }

  async function shutDown(event: ShutdownEvent, { context, telemetry, isInert }: Started): Promise<void> {
    const nowMs = host.clock.wallMs();
    const deadlineEpochMs = event.deadlineMs > nowMs ? event.deadlineMs : nowMs + signalDeadlineMs;
    const deadline = createDeadline({ deadlineEpochMs, marginMs: shutdownMarginMs, clock: host.clock });
    const shutdownContext = new TimedShutdownContext(event, { base: context, deadline, telemetry });
    const repeated = policy.summary();
    if (repeated !== undefined) report(repeated);
    if (isInert) return;
    let unsettled = "onShutdown";
    const work = Promise.resolve(startHandler("onShutdown", () => options.onShutdown?.(event, shutdownContext))).then(
      () => {
        // Acknowledged telemetry is ours: it goes through onEvents even if onShutdown did not ask for that.
        unsettled = "onEvents";
        return telemetry?.close();
      },
    );
    const waited = await waitAtMost(work, deadline.remainingMs() - shutdownMarginMs / 2);
    if (waited.kind === "late") report(`${unsettled} had not settled at the deadline; the process ends without it`);
    deadline.close();
  }

  /** Undefined if the handler was over at once, which spares timers and promises. */
  function startHandler(where: string, handler: () => void | Promise<void>): Promise<void> | undefined {
    try {
      const result: unknown = handler();
      if (!isThenable(result)) return undefined;
      return Promise.resolve(result).then(
        () => undefined,
        (error: unknown) => policy.onFailure(where, error),
      );
    } catch (error) {
      policy.onFailure(where, error);
      return undefined;
    }
  }

  async function giveUp(cause: unknown): Promise<void> {
    const message = describeError(cause);
    report(`The extension ends: ${message}`);
    const reported = { errorType: `Extension.${errorName(cause)}`, message };
    // If even this fails, the platform still sees the exit status.
    await api.reportError(reported, reportErrorTimeoutMs).catch(() => undefined);
  }

  host.onSignal((signal) => {
    interruption.stop({
      eventType: "SHUTDOWN",
      deadlineMs: host.clock.wallMs() + signalDeadlineMs,
      shutdownReason: signal.toLowerCase(),
    });
  });
  host.onUncaught((error) => {
    const where = "A background task";
    tellStartCheck(host.env, where, error);
    policy.onFailure(where, error);
  });

  let exitCode = 0;
  try {
    const running = { ...parts, onStep, onFailure: policy.onFailure, startHandler };
    const starting = await interruption.during(startExtension(running));
    if (starting.kind === "settled") {
      const started = starting.value;
      const event = await pollEvents({ ...running, started, interruption });
      await shutDown(event, started);
    }
    // A handler may fail closed during the shutdown, when no wait is left that `fail` could interrupt.
    if (fatal !== undefined) throw fatal.error;
  } catch (error) {
    exitCode = 1;
    await giveUp(error);
  }
  api.close();
  host.exit(exitCode);
}
