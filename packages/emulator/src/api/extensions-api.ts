import type { Extension, Generation, LifecycleEvent } from "../phases/generation.ts";
import { maxExtensions } from "../phases/launch.ts";
import type { World } from "../phases/world.ts";
import { newId } from "../settings.ts";
import { extensionTransitionMessage, nextExtensionState } from "../state/extension-state.ts";
import type { ExtensionStep } from "../state/extension-state.ts";
import { accepted, errorAnswer, jsonAnswer } from "./answers.ts";
import type { Answer } from "./answers.ts";
import { identifyExtension } from "./identify-extension.ts";
import { parseRegistration } from "./registration-body.ts";
import type { ApiRequest } from "./server.ts";

/** `POST /2020-01-01/extension/register` */
export function register(world: World, generation: Generation, request: ApiRequest): Answer {
  const name = request.header("lambda-extension-name");
  if (name === undefined) return errorAnswer(403, "Extension.InvalidExtensionName", "Empty extension name");
  const body = parseRegistration(request.body);
  if (body.kind === "invalid") return errorAnswer(403, "InvalidRequestFormat", body.message);
  const known = generation.extensions.find((extension) => extension.name === name && extension.kind === "external");
  const refusal = refuseEvents(body.events, known !== undefined, world) ?? refuseState(generation, name, known);
  if (refusal !== undefined) return refusal;

  const extension = known ?? addInternal(generation, name);
  extension.state = "Registered";
  extension.events = body.events as Extension["events"];
  world.timeline.mark(name, "register", { detail: body.events.join(", ") });
  generation.changes.notify();
  const { settings } = world;
  const wantsAccount =
    !settings.isRie &&
    (request.header("lambda-extension-accept-feature") ?? "")
      .split(",")
      .some((feature) => feature.trim() === "accountId");
  return jsonAnswer(
    200,
    {
      ...(wantsAccount ? { accountId: settings.accountId } : {}),
      functionName: settings.functionName,
      functionVersion: settings.functionVersion,
      handler: settings.handler,
    },
    { "Lambda-Extension-Identifier": extension.id },
  );
}

function refuseEvents(events: readonly string[], isExternal: boolean, world: World): Answer | undefined {
  const isManaged = world.settings.initializationType === "lambda-managed-instances";
  if (isManaged && !isExternal && events.length > 0) {
    return errorAnswer(403, "Extension.InvalidEventType", "No events allowed for internal extensions");
  }
  for (const event of events) {
    if ((event !== "INVOKE" || isManaged) && event !== "SHUTDOWN") {
      return errorAnswer(403, "Extension.InvalidEventType", `${event}: ErrorInvalidEventType`);
    }
    if (event === "SHUTDOWN" && !isExternal) {
      return errorAnswer(403, "Extension.InvalidEventType", "SHUTDOWN: ShutdownEventNotSupportedForInternalExtension");
    }
  }
  return undefined;
}

function refuseState(generation: Generation, name: string, known: Extension | undefined): Answer | undefined {
  if (known !== undefined) {
    if (nextExtensionState(known.state, "register") !== undefined) return undefined;
    return errorAnswer(
      403,
      "Extension.InvalidExtensionState",
      extensionTransitionMessage(known.state, "register", name),
    );
  }
  if (!generation.isRegistrationOpen) {
    return errorAnswer(403, "Extension.RegistrationClosed", "Extension registration closed already");
  }
  if (generation.extensions.some((extension) => extension.name === name)) {
    return errorAnswer(403, "Extension.InvalidExtensionState", "Extension with this name already registered");
  }
  if (generation.extensions.length >= maxExtensions) {
    return errorAnswer(403, "Extension.TooManyExtensions", `Extension limit (${maxExtensions}) reached`);
  }
  return undefined;
}

function addInternal(generation: Generation, name: string): Extension {
  const extension: Extension = { kind: "internal", name, id: newId(), state: "Started", events: [] };
  generation.extensions.push(extension);
  return extension;
}

/** `GET /2020-01-01/extension/event/next`: answered now where an event is pending, else when one is released. */
export function nextEvent(world: World, generation: Generation, request: ApiRequest): Answer | undefined {
  const identified = identifyExtension(generation, request);
  if (identified.kind === "refused") return identified.answer;
  const { extension } = identified;
  const refusal = step(extension, "next");
  if (refusal !== undefined) return refusal;
  world.timeline.mark(extension.name, "next");
  extension.parked = request;
  if (extension.pending !== undefined) releaseEvent(world, extension, extension.pending);
  generation.changes.notify();
  return undefined;
}

/**
 * `POST /2020-01-01/extension/init/error` and `…/exit/error`: notes the type; the phase fails when the process exits.
 */
export function reportError(
  world: World,
  generation: Generation,
  request: ApiRequest,
  kind: "init/error" | "exit/error",
): Answer {
  const identified = identifyExtension(
    generation,
    request,
    "Unknown Lambda-Extension-Identifier",
    "lambda-extension-function-error-type",
  );
  if (identified.kind === "refused") return identified.answer;
  const { extension } = identified;
  const refusal = step(extension, kind);
  if (refusal !== undefined) return refusal;
  const errorType = request.header("lambda-extension-function-error-type") ?? "";
  extension.errorType ??= errorType;
  generation.reported ??= {
    errorType: kind === "init/error" ? "Extension.InitError" : "Extension.ExitError",
    errorMessage: errorType,
  };
  world.timeline.mark(extension.name, kind, { detail: errorType });
  generation.changes.notify();
  return accepted;
}

/** Hands an event to an extension: at once where it waits, else when it asks. */
export function releaseEvent(world: World, extension: Extension, event: LifecycleEvent): void {
  if (extension.state !== "Ready" || extension.parked === undefined) {
    extension.pending = event;
    return;
  }
  const { parked } = extension;
  delete extension.parked;
  delete extension.pending;
  extension.state = nextExtensionState(extension.state, "release") ?? extension.state;
  world.timeline.mark(
    extension.name,
    event.kind.toLowerCase(),
    event.kind === "INVOKE" ? { requestId: event.invocation.requestId } : { detail: event.reason },
  );
  parked.respond(eventAnswer(world, event));
}

/** The names that AWS's own emulator has for the reasons. */
const rieReasons: Readonly<Record<string, string>> = {
  spindown: "SandboxTerminated",
  timeout: "Timeout",
  failure: "ReleaseFail",
};

/** The answer of `next`; a SHUTDOWN has the content type that Go guesses, as on the platform. */
function eventAnswer({ settings, clock }: World, event: LifecycleEvent): Answer {
  const { isRie } = settings;
  if (event.kind === "SHUTDOWN") {
    const shutdownReason = isRie ? (rieReasons[event.reason] ?? event.reason) : event.reason;
    const body = JSON.stringify({
      eventType: "SHUTDOWN",
      deadlineMs: clock.toInside(event.deadlineEpochMs),
      shutdownReason,
    });
    return { status: 200, headers: { "Content-Type": "text/plain; charset=utf-8" }, body };
  }
  const { invocation } = event;
  const body = JSON.stringify({
    eventType: "INVOKE",
    deadlineMs: Math.round(clock.toInside(invocation.deadlineEpochMs)),
    requestId: invocation.requestId,
    invokedFunctionArn: invocation.functionArn,
    ...(isRie ? {} : { tracing: { type: "X-Amzn-Trace-Id", value: invocation.traceId } }),
  });
  return {
    status: 200,
    headers: { "Content-Type": "application/json", "Lambda-Extension-Event-Identifier": newId() },
    body,
  };
}

/** Moves the extension's state, or says why not. */
function step(extension: Extension, kind: ExtensionStep): Answer | undefined {
  const next = nextExtensionState(extension.state, kind);
  if (next === undefined) {
    return errorAnswer(
      403,
      "Extension.InvalidExtensionState",
      extensionTransitionMessage(extension.state, kind, extension.id),
    );
  }
  extension.state = next;
  return undefined;
}
