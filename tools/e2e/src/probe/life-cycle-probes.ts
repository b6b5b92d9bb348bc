import type { ApiAnswer, PendingCall } from "./api-call.ts";
import { extensionError, nextCall, registerCall, requestIdOf, responseCall, runtimeNext } from "./calls.ts";
import type { Probe, ProbeSession } from "./probe.ts";

/**
 * Sends `next` twice at the same time: one of them waits and the other is refused, so what waits is known to have
 * arrived.
 * Shape: the one that waits.
 */
async function park({ send }: ProbeSession, id: string): Promise<{ waiting: PendingCall; refused: ApiAnswer }> {
  const [one, two] = [send(nextCall(id)), send(nextCall(id))];
  const first = await Promise.race([one.answer.then(() => one), two.answer.then(() => two)]);
  return { waiting: first === one ? two : one, refused: await first.answer };
}

/** Registers `probe` and lets the environment become ready; the runtime's `next` stays under way. */
async function becomeReady(
  session: ProbeSession,
  events?: readonly string[],
): Promise<{ id: string; runtime: PendingCall }> {
  const id = await session.register("probe", events);
  await session.started("bootstrap");
  return { id, runtime: session.send(runtimeNext) };
}

/** Answers the invocation that the runtime has got, and lets it ask for the next. */
async function finishInvocation({ send }: ProbeSession, runtime: PendingCall): Promise<PendingCall> {
  await send(responseCall(requestIdOf(await runtime.answer))).answer;
  return send(runtimeNext);
}

/** `next`, `init/error`, `exit/error`, INVOKE and SHUTDOWN. */
export const lifeCycleProbes: readonly Probe[] = [
  {
    name: "INVOKE and SHUTDOWN",
    async run(session) {
      const { id, runtime } = await becomeReady(session);
      await session.call("INVOKE", nextCall(id));
      const idle = await finishInvocation(session, runtime);
      const shutdown = session.start("SHUTDOWN", nextCall(id));
      await session.answerOf("the caller's answer", session.target.firstAnswer);
      const over = session.target.shutdown();
      await shutdown.answer;
      session.exit("probe", 0);
      await over;
      idle.abort();
    },
  },
  {
    name: "next twice at once",
    async run(session) {
      const { id } = await becomeReady(session, ["SHUTDOWN"]);
      const { waiting, refused } = await park(session, id);
      session.record("the second", refused);
      waiting.abort();
    },
  },
  {
    name: "an aborted next cannot be resumed",
    async run(session) {
      const { id } = await becomeReady(session, ["SHUTDOWN"]);
      const { waiting } = await park(session, id);
      waiting.abort();
      await session.call("next after it", nextCall(id));
    },
  },
  {
    name: "init/error",
    async run(session) {
      const id = await session.register("probe");
      const { headers, ...rest } = extensionError("init", id);
      const { "Lambda-Extension-Identifier": identifier = "" } = headers ?? {};
      await session.call("without an error type", { ...rest, headers: { "Lambda-Extension-Identifier": identifier } });
      await session.call("once", extensionError("init", id));
      await session.call("twice", extensionError("init", id));
      await session.call("next after it", nextCall(id));
      await session.call("exit/error after it", extensionError("exit", id));
      await session.call("register after it", registerCall("probe", '{"events":[]}'));
    },
  },
  {
    name: "init/error, and the process stays",
    // AWS's emulator counts init into it.
    timeoutSeconds: 5,
    async run(session) {
      const id = await session.register("probe");
      await session.call("init/error", extensionError("init", id));
      await session.answerOf("the caller's answer", session.target.firstAnswer);
    },
  },
  {
    name: "init/error when it is too late",
    async run(session) {
      const { id, runtime } = await becomeReady(session);
      await session.send(nextCall(id)).answer;
      await session.call("from Running", extensionError("init", id));
      await finishInvocation(session, runtime);
      const { waiting } = await park(session, id);
      await session.call("from Ready", extensionError("init", id));
      waiting.abort();
    },
  },
  {
    name: "exit/error",
    async run(session) {
      const { id } = await becomeReady(session);
      await session.send(nextCall(id)).answer;
      await session.call("with a body that is no JSON", extensionError("exit", id, "{bad"));
      await session.call("twice", extensionError("exit", id));
      await session.call("next after it", nextCall(id));
      await session.call("init/error after it", extensionError("init", id));
    },
  },
  {
    name: "exit/error before the first next",
    async run(session) {
      const id = await session.register("probe");
      await session.call("from Registered", extensionError("exit", id));
    },
  },
  {
    name: "register when init is over",
    async run(session) {
      const { id } = await becomeReady(session);
      await session.send(nextCall(id)).answer;
      await session.call("an internal extension", registerCall("late", '{"events":["INVOKE"]}'));
      await session.call("the external one again", registerCall("probe", '{"events":["INVOKE"]}'));
    },
  },
  {
    name: "an extension without events",
    async run(session) {
      const { id, runtime } = await becomeReady(session, []);
      const waiting = session.start("its next, at shutdown", nextCall(id));
      await finishInvocation(session, runtime);
      await session.answerOf("the caller's answer", session.target.firstAnswer);
      await session.target.shutdown();
      await session.target.close();
      await waiting.answer;
    },
  },
  {
    name: "next after SHUTDOWN",
    async run(session) {
      const { id, runtime } = await becomeReady(session);
      await session.send(nextCall(id)).answer;
      await finishInvocation(session, runtime);
      const shutdown = session.send(nextCall(id));
      await session.target.firstAnswer;
      const over = session.target.shutdown();
      await shutdown.answer;
      const waiting = session.start("waits until the end", nextCall(id));
      await over;
      await session.target.close();
      await waiting.answer;
    },
  },
  {
    name: "an extension that ends in an invocation",
    async run(session) {
      const { id, runtime } = await becomeReady(session);
      await session.send(nextCall(id)).answer;
      await runtime.answer;
      session.exit("probe", 0);
      await session.answerOf("the caller's answer", session.target.firstAnswer);
    },
  },
  {
    name: "exit/error in an invocation, and the end",
    async run(session) {
      const { id, runtime } = await becomeReady(session);
      await session.send(nextCall(id)).answer;
      await runtime.answer;
      await session.call("exit/error", extensionError("exit", id));
      session.exit("probe", 1);
      await session.answerOf("the caller's answer", session.target.firstAnswer);
    },
  },
];
