import { runExtension } from "@lambda-extension/core";
import type { LifecycleStep } from "@lambda-extension/core";

// Registers, waits for events, and ends at SHUTDOWN; the loop calls `onStep` at each step. Put your own work into
// `onInvoke` and `onShutdown`.
void runExtension({ onStep: (step) => console.log(`[hello-extension] ${describe(step)}`) });

function describe(step: LifecycleStep): string {
  switch (step.kind) {
    case "registering":
      return "Registering…";
    case "registered":
      return `Registered with ID: ${step.registration.identifierHint}…`;
    case "waiting":
      return "Waiting for event…";
    case "received":
      return step.event.eventType === "SHUTDOWN"
        ? "Received SHUTDOWN event. Exiting."
        : `Received event: ${JSON.stringify(step.event)}`;
  }
}
