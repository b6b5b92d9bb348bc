import type { ApiAnswer, PendingCall } from "./api-call.ts";
import { errorCall, nextCall, requestIdOf, responseCall, runtimeInitError, runtimeNext } from "./calls.ts";
import { probe } from "./probe.ts";
import type { Probe, ProbeSession } from "./probe.ts";

const unknownRequest = "01234567-89ab-cdef-0123-456789abcdef";
const maxResponseBytes = 6_291_556;

/** Registers `probe`, sends its `next`, and waits for the runtime's start. Returns the extension's `next`. */
async function startRuntime(session: ProbeSession): Promise<PendingCall> {
  const extension = session.send(nextCall(await session.register("probe", ["SHUTDOWN"])));
  await session.started("bootstrap");
  return extension;
}

/** Becomes ready and gets the first invocation. */
async function takeInvocation(
  session: ProbeSession,
): Promise<{ invocation: ApiAnswer; requestId: string; extension: PendingCall }> {
  const extension = await startRuntime(session);
  const invocation = await session.send(runtimeNext).answer;
  return { invocation, requestId: requestIdOf(invocation), extension };
}

/** Asks for the next invocation, so that the first is over, and records its answer. */
async function finishInvocation(session: ProbeSession): Promise<void> {
  session.send(runtimeNext);
  await session.callersAnswer();
}

/** The Runtime API. */
export const runtimeProbes: readonly Probe[] = [
  probe("runtime: an invocation", async (session) => {
    const { invocation, requestId } = await takeInvocation(session);
    session.record("next", invocation);
    await session.call("next while it runs", runtimeNext);
    await session.call("response to another request", responseCall(unknownRequest));
    await session.call("error of another request", errorCall(unknownRequest));
    await session.call("init/error", runtimeInitError);
    await session.call("response", responseCall(requestId));
    await session.call("response, a second time", responseCall(requestId));
    await session.call("error after it", errorCall(requestId));
    await finishInvocation(session);
    const second = session.target.invoke();
    second.catch(() => {});
    await session.call("response when it is over", responseCall(requestId));
  }),
  probe("runtime: an error", async (session) => {
    const { requestId } = await takeInvocation(session);
    const headers = { "Lambda-Runtime-Function-Error-Type": "Function.Probe" };
    await session.call("error", errorCall(requestId, headers));
    await session.call("response after it", responseCall(requestId));
    await finishInvocation(session);
  }),
  probe("runtime: a response that is too large", async (session) => {
    const { requestId } = await takeInvocation(session);
    await session.call("response", responseCall(requestId, "x".repeat(maxResponseBytes + 44)));
    await finishInvocation(session);
  }),
  probe("runtime: the largest response", async (session) => {
    const { requestId } = await takeInvocation(session);
    await session.call("response", responseCall(requestId, "x".repeat(maxResponseBytes)));
  }),
  probe("runtime: an unknown response mode", async (session) => {
    const { requestId } = await takeInvocation(session);
    const headers = { "Lambda-Runtime-Function-Response-Mode": "STREAMING" };
    await session.call("response", responseCall(requestId, '"done"', headers));
    await session.call("next after it", runtimeNext);
    await session.call("response after it", responseCall(requestId));
  }),
  ...[0, 3].map((status) =>
    probe(`runtime: ends in an invocation with status ${status}`, async (session) => {
      await takeInvocation(session);
      session.exit("bootstrap", status);
      await session.callersAnswer();
    }),
  ),
  {
    name: "runtime: does not answer in time",
    // AWS's emulator counts init into it.
    timeoutSeconds: 5,
    async run(session) {
      const { extension } = await takeInvocation(session);
      session.record("SHUTDOWN", await extension.answer);
      session.exit("probe", 0);
      await session.callersAnswer();
    },
  },
  probe("runtime: init/error", async (session) => {
    await startRuntime(session);
    await session.call("once", runtimeInitError);
    await session.call("twice", runtimeInitError);
    await session.call("next after it", runtimeNext);
  }),
];
