import { newId } from "../options/settings.ts";
import type { Answer } from "./api-request.ts";
import { nextExtensionState } from "./extension-state.ts";
import type { Extension, LifecycleEvent } from "./generation.ts";
import type { Platform } from "./platform.ts";

/** Hands an event to an extension: at once where it waits, else when it asks. */
export function releaseEvent(platform: Platform, extension: Extension, event: LifecycleEvent): void {
  if (extension.state !== "Ready" || extension.parked === undefined) {
    extension.pending = event;
    return;
  }
  const { parked } = extension;
  delete extension.parked;
  delete extension.pending;
  extension.state = nextExtensionState(extension.state, "release") ?? extension.state;
  platform.timeline.mark(
    extension.name,
    event.kind.toLowerCase(),
    event.kind === "INVOKE" ? { requestId: event.invocation.requestId } : { detail: event.reason },
  );
  parked.respond(eventAnswer(platform, event));
}

/** The names that AWS's own emulator has for the reasons. */
const rieReasons: Readonly<Record<string, string>> = {
  spindown: "SandboxTerminated",
  timeout: "Timeout",
  failure: "ReleaseFail",
};

/** The answer of `next`; a SHUTDOWN has the content type that Go guesses, as on the platform. */
function eventAnswer({ settings, clock }: Platform, event: LifecycleEvent): Answer {
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
