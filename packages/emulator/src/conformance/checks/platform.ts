import { setTimeout as pause } from "node:timers/promises";
import type { Fault } from "../../options/fault.ts";
import { verdictOn } from "../trial/check.ts";
import type { Check, Subject } from "../trial/check.ts";
import type { Stage, Trial } from "../trial/trial.ts";
import { disturbance, wellBehaved } from "./disturbance.ts";

/** Units: milliseconds. Init's 10 seconds must hold all three. */
const slowness = { register: 3000, telemetry: 500, next: 3000 } as const;
/** Longer than a heartbeat, shorter than the patience of any program. Units: milliseconds. */
const frozenMs = 1500;
/** How long the function takes: a timer that is due has gone off by then, on a busy machine too. */
const awakeMs = 500;
/** An extension that asks this often after an answer of 500 would ask for ever. */
const spinLimit = 20;
/** What the platform says with an answer of 500. */
const containerError = '{"errorMessage":"Internal Server Error","errorType":"InternalServerError"}\n';
/** The port of discard, on which no program listens. */
const proxy = "http://127.0.0.1:9";

/** Checks of environments that give an extension a hard time. */
export const platformChecks: readonly Check[] = [
  disturbance({
    id: "unknown-event",
    title: "Ignores events of a type it does not know",
    advice:
      "Do nothing for an event that is neither INVOKE nor SHUTDOWN, and call next: AWS adds types without notice.",
    plan: (subject, undisturbed) => ({
      faults: subject.extensions.map(({ name }): Fault => {
        const skip = invokedExtensions(subject, undisturbed).includes(name) ? 1 : 0;
        const body = JSON.stringify({ eventType: "SOMETHING_NEW", deadlineMs: Date.now() + 600_000 });
        return { kind: "answer", call: "event/next", extension: name, status: 200, body, skip, times: 1 };
      }),
    }),
  }),
  disturbance({
    id: "freeze",
    title: "Goes on after the environment was frozen",
    advice:
      "Expect every process to stand still between invocations for minutes or hours: no watchdog, heartbeat or timer may take the gap for a failure, and connections to the outside may be dead afterwards.",
    plan: () => ({
      options: { freeze: true },
      faults: [{ kind: "delay", call: "invocation/response", skip: 1, delayMs: awakeMs }],
      async during(stage) {
        const first = await stage.invoke();
        await pause(frozenMs);
        stage.environment.cutIdleConnections();
        return [first, await stage.invoke()];
      },
    }),
  }),
  disturbance({
    id: "dead-sockets",
    title: "Opens another connection where the kept one is dead",
    advice:
      "If next finds its kept-alive connection closed before an answer came, call it once more on a new connection, or use a new connection for each call.",
    plan(subject, undisturbed) {
      const names = invokedExtensions(subject, undisturbed);
      if (names.length === 0) return "it did not register for INVOKE: its connection is never idle";
      return { during: (stage) => invokeAndCut(stage, names) };
    },
  }),
  disturbance({
    id: "slow-platform",
    title: "Waits as long as the platform takes to answer",
    advice:
      "Give register and next no timeout of the HTTP client's: next is answered when there is an event, which may take hours, and a call that was broken off cannot be repeated.",
    plan: ({ extensions }) => ({
      faults: extensions.flatMap(({ name }): readonly Fault[] => [
        { kind: "delay", call: "register", extension: name, delayMs: slowness.register },
        { kind: "delay", call: "telemetry", extension: name, delayMs: slowness.telemetry },
        { kind: "delay", call: "event/next", extension: name, delayMs: slowness.next, times: 1 },
      ]),
    }),
  }),
  {
    id: "container-error",
    title: "Ends when the platform answers 500, and does not ask again and again",
    advice:
      "Take an answer of 500 to next as the end: exit at once with a status other than 0. Lambda then resets the environment; a loop that goes on asking burns the function's CPU until its timeout.",
    executes: true,
    needs: wellBehaved,
    async run(subject) {
      const names = invokedExtensions(subject, await subject.undisturbed());
      if (names.length === 0) return { kind: "not-applicable", detail: "no extension registered for INVOKE" };
      const problems: string[] = [];
      for (const name of names) problems.push(...(await refuseNext(subject, name)));
      return verdictOn(problems);
    },
  },
  disturbance({
    id: "reset",
    title: "Starts again in the same environment after a reset",
    advice:
      "Expect /tmp as the process before left it, a new identifier and a new registration: remove or ignore stale locks, sockets and pid files.",
    plan: () => ({
      faults: [{ kind: "kill", call: "invocation/response", process: "runtime", times: 1 }],
      async during(stage) {
        await stage.invoke();
        return [await stage.invoke()];
      },
    }),
  }),
  disturbance({
    id: "managed-instances",
    title: "Works on Managed Instances, where there is SHUTDOWN only",
    advice:
      "If AWS_LAMBDA_INITIALIZATION_TYPE is lambda-managed-instances, register for SHUTDOWN alone (INVOKE is refused with 403) and subscribe to telemetry with schema 2025-01-29.",
    plan: () => ({
      options: { initializationType: "lambda-managed-instances" },
      // The function's lines reach subscribers before the end, as no process is frozen here: a crash by such a line
      // must not look like a shutdown.
      faults: [{ kind: "delay", call: "invocation/response", delayMs: awakeMs }],
    }),
  }),
  disturbance({
    id: "full-tmp",
    title: "Works where /tmp has no room left",
    advice:
      "Do without files in /tmp, or go on without them if they cannot be written: the function shares /tmp and may fill it.",
    plan: (_subject, { hasNamespace }) =>
      hasNamespace ? { options: { tmp: "full" } } : "this machine has no mount namespaces, so /tmp is its own",
  }),
  disturbance({
    id: "node-options",
    title: "Is not reached by the function's NODE_OPTIONS",
    advice:
      "Extensions get the function's variables: take NODE_OPTIONS out before Node starts, as #!/usr/bin/env -S -u NODE_OPTIONS node does. A --require of the function's own is not found, or instruments the extension.",
    // Only the function finds this file, as it is started in /var/task.
    plan: () => ({ variables: { NODE_OPTIONS: "--require ./customer.cjs" } }),
  }),
  disturbance({
    id: "proxy",
    title: "Reaches the platform without the function's HTTP proxy",
    advice:
      "Do not use HTTP_PROXY and its like for AWS_LAMBDA_RUNTIME_API: the function's variables may name a proxy, which cannot reach the environment's own loopback.",
    plan() {
      const names = ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"].flatMap((name) => [name, name.toLowerCase()]);
      return { variables: Object.fromEntries(names.map((name) => [name, proxy])) };
    },
  }),
];

/** The extensions that registered for INVOKE. */
function invokedExtensions({ extensions }: Subject, { timeline }: Trial): readonly string[] {
  const isInvoked = (name: string): boolean => timeline.some((entry) => entry.lane === name && entry.kind === "invoke");
  return extensions.map(({ name }) => name).filter((name) => isInvoked(name));
}

/**
 * The extension stands still while its event arrives and the connection dies: what it sends next goes into a dead
 * socket.
 */
async function invokeAndCut(stage: Stage, names: readonly string[]) {
  const { environment } = stage;
  for (const name of names) environment.kill(name, "SIGSTOP");
  const waits = (): number =>
    environment.timeline.filter(({ lane, kind }) => lane === "runtime" && kind === "next").length;
  const before = waits();
  const answer = await environment.invoke({ invocation: "cut" });
  await stage.reaches(() => waits() > before, 2000);
  environment.cutIdleConnections();
  for (const name of names) environment.kill(name, "SIGCONT");
  await environment.idle();
  return [answer, await stage.invoke()];
}

/** Answers the extension's next with 500. Returns what it does wrong then. */
async function refuseNext(subject: Subject, name: string): Promise<readonly string[]> {
  let refused = 0;
  const call = { call: "event/next", extension: name } as const;
  const trial = await subject.run({
    faults: [
      { ...call, kind: "watch", onAnswer: ({ status }) => (refused += status === 500 ? 1 : 0) },
      { ...call, kind: "answer", status: 500, body: containerError, skip: 1, times: spinLimit },
    ],
    async during(stage) {
      await stage.invoke();
      return [];
    },
  });
  if (refused >= spinLimit) return [`${name} asked ${refused} times instead of ending`];
  return trial.troubles.some(({ kind }) => kind === "ended") ? [] : [`${name} did not end`];
}
