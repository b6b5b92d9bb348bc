import { isThenable, waitAtMost } from "./deadline.ts";
import { problemsOf } from "./describe-error.ts";
import { PlatformError } from "./errors.ts";
import type { ExtensionContext, ExtensionOptions, LifecycleStep, Registration } from "./extension-options.ts";
import { parseRegistration } from "./extensions-api.ts";
import type { ExtensionsApi } from "./extensions-api.ts";
import type { Registered } from "./hand-off.ts";
import { startCheckVariable, tellStartCheck } from "./host.ts";
import type { Host } from "./host.ts";
import type { LifecycleEventType } from "./lifecycle-event.ts";
import { sandboxAddress } from "./telemetry/sandbox-address.ts";
import { startTelemetry } from "./telemetry/start-telemetry.ts";
import type { Telemetry } from "./telemetry/start-telemetry.ts";

/**
 * Lambda gives the whole init phase of an on-demand environment 10 s, and starts all of it again after that.
 * The last second is the function's own. Other kinds of environments have minutes.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
 */
const onDemandInitLimitMs = 9000;

/** After a lazy start, what is left of the first event's time when the loop no longer waits for `onInit`. */
const firstEventMarginMs = 200;

/** The start check of build-layer waits 5 s for all of it, and a handler may wait for a network that a build lacks. */
const startCheckLimitMs = 3000;

/** Lambda gives the runtime's own restore hooks the same time; telemetry waits no longer for `onRestore`. */
const restoreLimitMs = 10_000;

/** An extension that is ready to poll. */
export interface Started {
  readonly context: ExtensionContext;
  readonly telemetry: Telemetry | undefined;
  /** Its start failed and it fails open: it polls, and no handler runs. */
  readonly isInert: boolean;
  /** Runs `onRestore` at the first call; resolves when that has settled. Undefined if there is nothing to restore. */
  readonly restored: (() => Promise<void>) | undefined;
}

/** What the life cycle is made of. */
export interface LifeCycleParts {
  readonly options: ExtensionOptions;
  readonly host: Host;
  readonly api: ExtensionsApi;
  readonly name: string;
  /** Present if the launcher registered. */
  readonly launcherRegistration?: Registered | undefined;
  readonly report: (message: string) => void;
}

/** The life cycle's parts, and what it does at each step and failure. */
export interface StartParts extends LifeCycleParts {
  readonly onStep: (step: LifecycleStep) => void;
  readonly onFailure: (where: string, error: unknown) => void;
  /** Runs a handler and reports its failure; undefined if it was over at once. Never rejects. */
  readonly startHandler: (where: string, handler: () => void | Promise<void>) => Promise<void> | undefined;
}

/**
 * `beforeRegister`, register, subscribe to telemetry, `onInit`. The listener is bound after registering, since the
 * function's own init starts at the registration, and before subscribing, since the platform delivers at once.
 * Errors: what a failing registration threw, or a handler of an extension that fails closed.
 */
export async function startExtension(parts: StartParts): Promise<Started> {
  const { options, host, api, name, report } = parts;
  const initializationType = host.env["AWS_LAMBDA_INITIALIZATION_TYPE"] ?? "on-demand";
  const endsAtMs = endOfStart(parts, initializationType);
  const attempt = (hook: string, handler: () => void | Promise<void>) =>
    attemptUntil(hook, handler, { host, endsAtMs });
  const before = await attempt("beforeRegister", () => options.beforeRegister?.());
  if (options.beforeRegister !== undefined && parts.launcherRegistration !== undefined) {
    report(
      'beforeRegister ran after the launcher had registered: set "register": "self" in lambdaExtension of package.json',
    );
  }
  const registration = await register(parts, initializationType);
  const base = { name, registration, initializationType };
  if (before !== undefined) return fail(before.error, base);

  let restoring: Promise<void> | undefined;
  let context: ExtensionContext = { ...base, hasTelemetry: false };
  const restored =
    initializationType === "snap-start" && options.onRestore !== undefined
      ? () => (restoring ??= Promise.resolve(parts.startHandler("onRestore", () => options.onRestore?.(context))))
      : undefined;

  const telemetry =
    options.telemetry &&
    (await startTelemetry({
      api,
      options: options.telemetry,
      initializationType,
      address: sandboxAddress(host.hostsFile(), host.env["AWS_LAMBDA_RUNTIME_API"] ?? ""),
      beforeEvents: async (events) => {
        const isAfterRestore = events.some((event) => event.kind.startsWith("platform.restore"));
        if (restored !== undefined && isAfterRestore) await waitAtMost(restored(), restoreLimitMs);
      },
      onFailure: (error) => parts.onFailure("onEvents", error),
      report,
    }));
  context = { ...base, hasTelemetry: telemetry !== undefined };
  const init = await attempt("onInit", () => options.onInit?.(context));
  if (init !== undefined) {
    telemetry?.discard();
    return fail(init.error, base);
  }
  return { context, telemetry, isInert: false, restored };

  function fail(error: unknown, base: Omit<ExtensionContext, "hasTelemetry">): Started {
    if (options.failure === "closed") throw error;
    for (const problem of problemsOf(error)) report(problem);
    report("The extension does nothing until this is corrected; the function is not affected");
    return { context: { ...base, hasTelemetry: false }, telemetry: undefined, isInert: true, restored: undefined };
  }
}

/** When the loop no longer waits for `beforeRegister` and `onInit`. Units: epoch milliseconds. */
function endOfStart({ host, launcherRegistration }: LifeCycleParts, initializationType: string): number {
  const first = launcherRegistration?.firstEvent;
  // After a lazy start init is over: an invocation waits for this one.
  if (first?.kind === "event") return first.event.deadlineMs - firstEventMarginMs;
  const limitMs = initializationType === "on-demand" ? onDemandInitLimitMs : Infinity;
  return host.clock.wallMs() + (host.env[startCheckVariable] ? startCheckLimitMs : limitMs);
}

async function register(parts: StartParts, initializationType: string): Promise<Registration> {
  const { options, api, launcherRegistration, onStep } = parts;
  onStep({ kind: "registering" });
  const registration =
    launcherRegistration === undefined
      ? await api.register(eventsFor(options.events ?? ["INVOKE", "SHUTDOWN"], initializationType)).catch(explain)
      : parseRegistration(launcherRegistration.answer, {
          identifier: launcherRegistration.identifier,
          registeredBy: "launcher",
        });
  onStep({ kind: "registered", registration });
  return registration;
}

function eventsFor(events: readonly LifecycleEventType[], initializationType: string): readonly LifecycleEventType[] {
  return initializationType === "lambda-managed-instances" ? events.filter((event) => event !== "INVOKE") : events;
}

/** The platform's words for a misspelt name mention neither the name nor the spelling. */
function explain(error: unknown): never {
  if (error instanceof PlatformError && error.code === "Extension.InvalidEventType") {
    const hint =
      "the extension's name must equal its file name in /opt/extensions; on Lambda Managed Instances only SHUTDOWN exists";
    throw new PlatformError(`${error.message} (${hint})`, { code: error.code, status: error.status, cause: error });
  }
  throw error;
}

/** Undefined if the handler succeeds. */
async function attemptUntil(
  hook: string,
  handler: () => void | Promise<void>,
  { host, endsAtMs }: { readonly host: Host; readonly endsAtMs: number },
): Promise<{ readonly error: unknown } | undefined> {
  try {
    const result: unknown = handler();
    if (!isThenable(result)) return undefined;
    const { kind } = await waitAtMost(Promise.resolve(result), endsAtMs - host.clock.wallMs());
    if (kind === "settled") return undefined;
    throw new Error(`${hook} had not settled when its time ran out`);
  } catch (error) {
    tellStartCheck(host.env, hook, error);
    return { error };
  }
}
