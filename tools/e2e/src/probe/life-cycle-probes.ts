import type { ApiAnswer, PendingCall } from "./api-call.ts";
import { extensionError, nextCall, registerCall, requestIdOf, responseCall, runtimeNext } from "./calls.ts";
import { probe } from "./probe.ts";
import type { Probe, ProbeSession } from "./probe.ts";

/**
 * Sends `next` twice at the same time: one of them waits, and the other is refused. After the refusal, the one that
 * waits has arrived for certain.
 */
async function park({ send }: ProbeSession, id: string): Promise<{ waiting: PendingCall; refused: ApiAnswer }> {
  const [one, two] = [send(nextCall(id)), send(nextCall(id))];
  const first = await Promise.race([one.answer.then(() => one), two.answer.then(() => two)]);
  return { waiting: first === one ? two : one, refused: await first.answer };
}

interface Ready {
  /** The identifier of the extension `probe`. */
  readonly id: string;
  /** The runtime's `next`. */
  readonly runtime: PendingCall;
}

/** Registers `probe` and sends the runtime's `next`, so that the environment becomes ready with `probe`'s `next`. */
async function becomeReady(session: ProbeSession, events?: readonly string[]): Promise<Ready> {
  const id = await session.register("probe", events);
  await session.started("bootstrap");
  return { id, runtime: session.send(runtimeNext) };
}

/** Becomes ready, and lets `probe` get the first INVOKE. */
async function getInvoke(session: ProbeSession): Promise<Ready> {
  const ready = await becomeReady(session);
  await session.send(nextCall(ready.id)).answer;
  return ready;
}

/** Answers the invocation that the runtime has got, and lets it ask for the next. */
async function finishInvocation({ send }: ProbeSession, runtime: PendingCall): Promise<PendingCall> {
  await send(responseCall(requestIdOf(await runtime.answer))).answer;
  return send(runtimeNext);
}

/** `next`, `init/error`, `exit/error`, INVOKE and SHUTDOWN. */
export const lifeCycleProbes: readonly Probe[] = [
  probe("INVOKE and SHUTDOWN", async (session) => {
    const { id, runtime } = await becomeReady(session);
    await session.call("INVOKE", nextCall(id));
    const idle = await finishInvocation(session, runtime);
    const shutdown = session.start("SHUTDOWN", nextCall(id));
    await session.callersAnswer();
    const over = session.target.shutdown();
    await shutdown.answer;
    session.exit("probe", 0);
    await over;
    idle.abort();
  }),
  probe("next twice at once", async (session) => {
    const { id } = await becomeReady(session, ["SHUTDOWN"]);
    const { waiting, refused } = await park(session, id);
    session.record("the second", refused);
    waiting.abort();
  }),
  probe("an aborted next cannot be resumed", async (session) => {
    const { id } = await becomeReady(session, ["SHUTDOWN"]);
    const { waiting } = await park(session, id);
    waiting.abort();
    await session.call("next after it", nextCall(id));
  }),
  probe("init/error", async (session) => {
    const id = await session.register("probe");
    const withoutType = { ...extensionError("init", id), headers: { "Lambda-Extension-Identifier": id } };
    await session.call("without an error type", withoutType);
    await session.call("once", extensionError("init", id));
    await session.call("twice", extensionError("init", id));
    await session.call("next after it", nextCall(id));
    await session.call("exit/error after it", extensionError("exit", id));
    await session.call("register after it", registerCall("probe", '{"events":[]}'));
  }),
  {
    name: "init/error, and the process stays",
    // AWS's emulator counts init into it.
    timeoutSeconds: 5,
    async run(session) {
      const id = await session.register("probe");
      await session.call("init/error", extensionError("init", id));
      await session.callersAnswer();
    },
  },
  probe("init/error when it is too late", async (session) => {
    const { id, runtime } = await getInvoke(session);
    await session.call("from Running", extensionError("init", id));
    await finishInvocation(session, runtime);
    const { waiting } = await park(session, id);
    await session.call("from Ready", extensionError("init", id));
    waiting.abort();
  }),
  probe("exit/error", async (session) => {
    const { id } = await getInvoke(session);
    await session.call("with a body that is no JSON", extensionError("exit", id, "{bad"));
    await session.call("twice", extensionError("exit", id));
    await session.call("next after it", nextCall(id));
    await session.call("init/error after it", extensionError("init", id));
  }),
  probe("exit/error before the first next", async (session) => {
    const id = await session.register("probe");
    await session.call("from Registered", extensionError("exit", id));
  }),
  probe("register when init is over", async (session) => {
    await getInvoke(session);
    await session.call("an internal extension", registerCall("late", '{"events":["INVOKE"]}'));
    await session.call("the external one again", registerCall("probe", '{"events":["INVOKE"]}'));
  }),
  probe("an extension without events", async (session) => {
    const { id, runtime } = await becomeReady(session, []);
    const waiting = session.start("its next, at shutdown", nextCall(id));
    await finishInvocation(session, runtime);
    await session.callersAnswer();
    await session.target.shutdown();
    await session.target.close();
    await waiting.answer;
  }),
  probe("next after SHUTDOWN", async (session) => {
    const { id, runtime } = await getInvoke(session);
    await finishInvocation(session, runtime);
    const shutdown = session.send(nextCall(id));
    await session.target.firstAnswer;
    const over = session.target.shutdown();
    await shutdown.answer;
    const waiting = session.start("waits until the end", nextCall(id));
    await over;
    await session.target.close();
    await waiting.answer;
  }),
  probe("an extension that ends in an invocation", async (session) => {
    const { runtime } = await getInvoke(session);
    await runtime.answer;
    session.exit("probe", 0);
    await session.callersAnswer();
  }),
  probe("exit/error in an invocation, and the end", async (session) => {
    const { id, runtime } = await getInvoke(session);
    await runtime.answer;
    await session.call("exit/error", extensionError("exit", id));
    session.exit("probe", 1);
    await session.callersAnswer();
  }),
];
