import type { Answer, ApiRequest } from "../state/api-request.ts";
import { addExtension, maxExtensions } from "../state/generation.ts";
import type { Extension, Generation } from "../state/generation.ts";
import type { Platform } from "../state/platform.ts";
import { releaseEvent } from "../state/release-event.ts";
import { accepted, errorAnswer, jsonAnswer } from "./answers.ts";
import { identifyExtension } from "./identify-extension.ts";
import { parseRegistration } from "./registration-body.ts";
import { stepExtension } from "./step.ts";

/** `POST /2020-01-01/extension/register` */
export function register(platform: Platform, generation: Generation, request: ApiRequest): Answer {
  const name = request.header("lambda-extension-name");
  if (name === undefined) return errorAnswer(403, "Extension.InvalidExtensionName", "Empty extension name");
  const body = parseRegistration(request.body);
  if (body.kind === "invalid") return errorAnswer(403, "InvalidRequestFormat", body.message);
  const known = generation.extensions.find((extension) => extension.name === name && extension.kind === "external");
  const refusal = refuseEvents(body.events, known !== undefined, platform) ?? refuseState(generation, name, known);
  if (refusal !== undefined) return refusal;

  const extension = known ?? addExtension(generation, "internal", name);
  extension.state = "Registered";
  extension.events = body.events as Extension["events"];
  platform.timeline.mark(name, "register", {
    detail: body.events.join(", "),
    fact: { kind: "register", events: body.events },
  });
  generation.changes.notify();
  const { settings } = platform;
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

function refuseEvents(events: readonly string[], isExternal: boolean, platform: Platform): Answer | undefined {
  const isManaged = platform.settings.initializationType === "lambda-managed-instances";
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
  if (known !== undefined) return stepExtension(known, "register", name);
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

/** `GET /2020-01-01/extension/event/next`: answered now if an event is pending, else when one is released. */
export function nextEvent(platform: Platform, generation: Generation, request: ApiRequest): Answer | undefined {
  const identified = identifyExtension(generation, request);
  if (identified.kind === "refused") return identified.answer;
  const { extension } = identified;
  const refusal = stepExtension(extension, "next");
  if (refusal !== undefined) return refusal;
  platform.timeline.mark(extension.name, "next");
  extension.parked = request;
  if (extension.pending !== undefined) releaseEvent(platform, extension, extension.pending);
  generation.changes.notify();
  return undefined;
}

/** `POST /2020-01-01/extension/init/error`, `…/exit/error`: keeps the type; the phase fails when the process exits. */
export function reportError(kind: "init/error" | "exit/error") {
  return (platform: Platform, generation: Generation, request: ApiRequest): Answer => {
    const identified = identifyExtension(generation, request, {
      unknownMessage: "Unknown Lambda-Extension-Identifier",
      requiredHeader: "Lambda-Extension-Function-Error-Type",
    });
    if (identified.kind === "refused") return identified.answer;
    const { extension } = identified;
    const refusal = stepExtension(extension, kind);
    if (refusal !== undefined) return refusal;
    const errorType = request.header("lambda-extension-function-error-type") ?? "";
    extension.errorType ??= errorType;
    generation.reported ??= {
      errorType: kind === "init/error" ? "Extension.InitError" : "Extension.ExitError",
      errorMessage: errorType,
    };
    platform.timeline.mark(extension.name, kind, { detail: errorType });
    generation.changes.notify();
    return accepted;
  };
}
