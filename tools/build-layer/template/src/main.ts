import { runExtension } from "@lambda-extension/core";

let invocations = 0;

void runExtension({
  // The next invocation waits until this settles: keep it short.
  onInvoke(event) {
    invocations += 1;
    console.log(`[my-extension] invocation ${invocations}: ${event.requestId}`);
  },
  // Lambda gives two seconds: send what is pending.
  onShutdown(event) {
    console.log(`[my-extension] ${event.shutdownReason} after ${invocations} invocations`);
  },
});
