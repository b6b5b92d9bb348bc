import { randomUUID } from "node:crypto";
import type { Answer } from "./api-request.ts";
import type { Extension, LifecycleEvent } from "./generation.ts";
import type { Platform } from "./platform.ts";
import { moveExtension } from "./transitions.ts";

/** Gives an event to an extension: at once if it waits, else when it asks. */
export function releaseEvent(platform: Platform, extension: Extension, event: LifecycleEvent): void {
  if (extension.state !== "Ready" || extension.parked === undefined) {
    extension.pending = event;
    return;
  }
  const { parked } = extension;
  delete extension.parked;
  delete extension.pending;
  moveExtension(extension, "release");
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

/** The answer of `next`. A SHUTDOWN has the content type that the platform gives it. */
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
    headers: { "Content-Type": "application/json", "Lambda-Extension-Event-Identifier": randomUUID() },
    body,
  };
}
