import type { ApiAnswer, PendingCall } from "./api-call.ts";
import { errorCall, nextCall, requestIdOf, responseCall, runtimeInitError, runtimeNext } from "./calls.ts";
import type { Probe, ProbeSession } from "./probe.ts";

const unknownRequest = "01234567-89ab-cdef-0123-456789abcdef";
const maxResponseBytes = 6_291_556;

/** Becomes ready and gets the first invocation. */
async function takeInvocation(
  session: ProbeSession,
): Promise<{ invocation: ApiAnswer; requestId: string; extension: PendingCall }> {
  const id = await session.register("probe", ["SHUTDOWN"]);
  const extension = session.send(nextCall(id));
  await session.started("bootstrap");
  const invocation = await session.send(runtimeNext).answer;
  return { invocation, requestId: requestIdOf(invocation), extension };
}

/** The Runtime API. */
export const runtimeProbes: readonly Probe[] = [
  {
    name: "runtime: an invocation",
    async run(session) {
      const { invocation, requestId } = await takeInvocation(session);
      session.record("next", invocation);
      await session.call("next while it runs", runtimeNext);
      await session.call("response to another request", responseCall(unknownRequest));
      await session.call("error of another request", errorCall(unknownRequest));
      await session.call("init/error", runtimeInitError);
      await session.call("response", responseCall(requestId));
      await session.call("response, a second time", responseCall(requestId));
      await session.call("error after it", errorCall(requestId));
      session.send(runtimeNext);
      await session.answerOf("the caller's answer", session.target.firstAnswer);
      const second = session.target.invoke();
      second.catch(() => {});
      await session.call("response when it is over", responseCall(requestId));
    },
  },
  {
    name: "runtime: an error",
    async run(session) {
      const { requestId } = await takeInvocation(session);
      const headers = { "Lambda-Runtime-Function-Error-Type": "Function.Probe" };
      await session.call("error", errorCall(requestId, headers));
      await session.call("response after it", responseCall(requestId));
      session.send(runtimeNext);
      await session.answerOf("the caller's answer", session.target.firstAnswer);
    },
  },
  {
    name: "runtime: a response that is too large",
    async run(session) {
      const { requestId } = await takeInvocation(session);
      await session.call("response", responseCall(requestId, "x".repeat(maxResponseBytes + 44)));
      session.send(runtimeNext);
      await session.answerOf("the caller's answer", session.target.firstAnswer);
    },
  },
  {
    name: "runtime: the largest response",
    async run(session) {
      const { requestId } = await takeInvocation(session);
      await session.call("response", responseCall(requestId, "x".repeat(maxResponseBytes)));
    },
  },
  {
    name: "runtime: an unknown response mode",
    async run(session) {
      const { requestId } = await takeInvocation(session);
      const headers = { "Lambda-Runtime-Function-Response-Mode": "STREAMING" };
      await session.call("response", responseCall(requestId, '"done"', headers));
      await session.call("next after it", runtimeNext);
      await session.call("response after it", responseCall(requestId));
    },
  },
  {
    name: "runtime: ends in an invocation with status 0",
    async run(session) {
      await takeInvocation(session);
      session.exit("bootstrap", 0);
      await session.answerOf("the caller's answer", session.target.firstAnswer);
    },
  },
  {
    name: "runtime: ends in an invocation with status 3",
    async run(session) {
      await takeInvocation(session);
      session.exit("bootstrap", 3);
      await session.answerOf("the caller's answer", session.target.firstAnswer);
    },
  },
  {
    name: "runtime: does not answer in time",
    // AWS's emulator counts init into it.
    timeoutSeconds: 5,
    async run(session) {
      const { extension } = await takeInvocation(session);
      session.record("SHUTDOWN", await extension.answer);
      session.exit("probe", 0);
      await session.answerOf("the caller's answer", session.target.firstAnswer);
    },
  },
  {
    name: "runtime: init/error",
    async run(session) {
      const id = await session.register("probe", ["SHUTDOWN"]);
      session.send(nextCall(id));
      await session.started("bootstrap");
      await session.call("once", runtimeInitError);
      await session.call("twice", runtimeInitError);
      await session.call("next after it", runtimeNext);
    },
  },
];
