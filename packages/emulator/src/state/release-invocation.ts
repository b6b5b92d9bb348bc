import type { Answer } from "./api-request.ts";
import type { Generation, RuntimeSlot } from "./generation.ts";
import type { Invocation } from "./invocation.ts";
import type { Platform } from "./platform.ts";
import { moveRuntime } from "./transitions.ts";

/** Gives an invocation to the runtime that waits. */
export function releaseInvocation(platform: Platform, runtime: RuntimeSlot, invocation: Invocation): void {
  moveRuntime(runtime, "release");
  runtime.invocation = invocation;
  platform.timeline.mark("runtime", "invoke", { requestId: invocation.requestId });
  for (const parked of runtime.parked.splice(0)) parked.respond(invocationAnswer(platform, invocation));
}

/** Gives an invocation to a worker that waits, or to the next worker that asks. */
export function releaseManagedInvocation(platform: Platform, generation: Generation, invocation: Invocation): void {
  const worker = generation.runtime.parked.shift();
  if (worker === undefined) generation.runtime.queued.push(invocation);
  else worker.respond(handToWorker(platform, generation, invocation));
}

/** Gives an invocation to a worker. Returns the answer of the worker's `next`. */
export function handToWorker(platform: Platform, generation: Generation, invocation: Invocation): Answer {
  generation.runtime.concurrent.set(invocation.requestId, invocation);
  platform.timeline.mark("runtime", "invoke", { requestId: invocation.requestId });
  return invocationAnswer(platform, invocation);
}

/** The answer of `next`. */
export function invocationAnswer({ clock }: Platform, invocation: Invocation): Answer {
  return {
    status: 200,
    headers: {
      "Content-Type": invocation.contentType,
      "Lambda-Runtime-Aws-Request-Id": invocation.requestId,
      "Lambda-Runtime-Deadline-Ms": String(Math.round(clock.toInside(invocation.deadlineEpochMs))),
      "Lambda-Runtime-Invoked-Function-Arn": invocation.functionArn,
      "Lambda-Runtime-Trace-Id": invocation.traceId,
      ...(invocation.clientContext === undefined ? {} : { "Lambda-Runtime-Client-Context": invocation.clientContext }),
    },
    body: invocation.payload,
  };
}
