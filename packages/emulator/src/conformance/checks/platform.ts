import { setTimeout as pause } from "node:timers/promises";
import type { Fault } from "../../options/fault.ts";
import type { InvokeResult } from "../../options/invoke-result.ts";
import type { Check, Subject } from "../trial/check.ts";
import type { Stage } from "../trial/trial.ts";
import { disturbance, invokedExtensions } from "./disturbance.ts";

/** Units: milliseconds. Init's 10 seconds must hold all three. */
const slowness = { register: 3000, telemetry: 500, next: 3000 } as const;

export const slowPlatform: Check = disturbance(
  {
    id: "slow-platform",
    title: "Waits as long as the platform takes to answer",
    advice:
      "Give register and next no timeout of the HTTP client's: next is answered when there is an event, which may take hours, and a call that was broken off cannot be repeated.",
  },
  ({ extensions }) => ({
    faults: extensions.flatMap(({ name }): readonly Fault[] => [
      { kind: "delay", call: "register", extension: name, delayMs: slowness.register },
      { kind: "delay", call: "telemetry", extension: name, delayMs: slowness.telemetry },
      { kind: "delay", call: "event/next", extension: name, delayMs: slowness.next, times: 1 },
    ]),
  }),
);

/** Longer than a heartbeat, shorter than anybody's patience. */
const frozenMs = 1500;
/** How long the function takes: a timer that is due has gone off by then, on a busy machine too. */
const awakeMs = 500;

export const survivesFreeze: Check = disturbance(
  {
    id: "freeze",
    title: "Goes on after the environment was frozen",
    advice:
      "Expect every process to stand still between invocations for minutes or hours: no watchdog, heartbeat or timer may take the gap for a failure, and connections to the outside may be dead afterwards.",
  },
  () => ({
    options: { freeze: true },
    faults: [{ kind: "delay", call: "invocation/response", skip: 1, delayMs: awakeMs }],
    async during(stage) {
      const first = await stage.invoke();
      await pause(frozenMs);
      stage.environment.cutIdleConnections();
      return [first, ...(await invokeOnce(stage))].filter((answer) => answer !== undefined);
    },
  }),
);

export const survivesDeadSockets: Check = disturbance(
  {
    id: "dead-sockets",
    title: "Opens another connection where the kept one is dead",
    advice:
      "Where next finds its kept-alive connection closed before anything was answered, call it once more on a new connection, or use a new connection for each call.",
  },
  (subject, undisturbed) => {
    const names = invokedExtensions(subject, undisturbed);
    if (names.length === 0) return "it did not register for INVOKE: its connection is never idle";
    return { during: (stage) => invokeAndCut(stage, names) };
  },
);

/**
 * The extension stands still while its event arrives and the connection dies: what it sends next goes into a dead
 * socket.
 */
async function invokeAndCut(stage: Stage, names: readonly string[]): Promise<readonly InvokeResult[]> {
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
  return [answer, ...(await invokeOnce(stage))];
}

async function invokeOnce(stage: Stage): Promise<readonly InvokeResult[]> {
  const answer = await stage.invoke();
  return answer === undefined ? [] : [answer];
}

export const ignoresUnknownEvents: Check = disturbance(
  {
    id: "unknown-event",
    title: "Ignores events of a type it does not know",
    advice:
      "Treat whatever is neither INVOKE nor SHUTDOWN as nothing to do, and call next: types are added without notice.",
  },
  (subject, undisturbed) => ({
    faults: subject.extensions.map(({ name }): Fault => {
      const skip = invokedExtensions(subject, undisturbed).includes(name) ? 1 : 0;
      const body = JSON.stringify({ eventType: "SOMETHING_NEW", deadlineMs: Date.now() + 600_000 });
      return { kind: "answer", call: "event/next", extension: name, status: 200, body, skip, times: 1 };
    }),
  }),
);

/** Who asked this often after an answer of 500 would ask for ever. */
const spinLimit = 20;

export const endsOnContainerError: Check = {
  ...disturbance(
    {
      id: "container-error",
      title: "Ends when the platform answers 500, and does not ask again and again",
      advice:
        "Take an answer of 500 to next as the end: exit with a status other than 0 at once. Lambda then resets the environment; a loop that goes on asking burns the function's CPU until its timeout.",
    },
    () => ({}),
  ),
  async run(subject) {
    const [first, ...others] = invokedExtensions(subject, await subject.undisturbed());
    if (first === undefined) return { kind: "not-applicable", detail: "no extension registered for INVOKE" };
    const problems: string[] = [];
    for (const name of [first, ...others]) {
      const problem = await refuseNext(subject, name);
      if (problem !== undefined) problems.push(problem);
    }
    return problems.length === 0 ? { kind: "pass" } : { kind: "fail", detail: problems.join("; ") };
  },
};

async function refuseNext(subject: Subject, name: string): Promise<string | undefined> {
  let refused = 0;
  const trial = await subject.run({
    faults: [
      {
        kind: "watch",
        call: "event/next",
        extension: name,
        onAnswer: ({ status }) => (refused += status === 500 ? 1 : 0),
      },
      {
        kind: "answer",
        call: "event/next",
        extension: name,
        status: 500,
        body: containerError,
        skip: 1,
        times: spinLimit,
      },
    ],
    async during(stage) {
      await stage.invoke();
      return [];
    },
  });
  if (refused >= spinLimit) return `${name} asked ${refused} times instead of ending`;
  const isEnded = trial.troubles.some(({ kind }) => kind === "ended");
  return isEnded ? undefined : `${name} did not end`;
}

/** What the platform says then. */
const containerError = '{"errorMessage":"Internal Server Error","errorType":"InternalServerError"}\n';

export const survivesReset: Check = disturbance(
  {
    id: "reset",
    title: "Starts again in the same environment after a reset",
    advice:
      "Expect /tmp as the process before left it, a new identifier and a new registration: remove or ignore stale locks, sockets and pid files.",
  },
  () => ({
    faults: [{ kind: "kill", call: "invocation/response", process: "runtime", times: 1 }],
    async during(stage) {
      await stage.invoke();
      return invokeOnce(stage);
    },
  }),
);

export const worksOnManagedInstances: Check = disturbance(
  {
    id: "managed-instances",
    title: "Works on Managed Instances, where there is SHUTDOWN only",
    advice:
      "Where AWS_LAMBDA_INITIALIZATION_TYPE is lambda-managed-instances, register for SHUTDOWN alone (INVOKE is refused with 403) and subscribe to telemetry with schema 2025-01-29.",
  },
  () => ({
    options: { initializationType: "lambda-managed-instances" },
    // What a function wrote reaches subscribers before the end: nobody is frozen here, and a fall over it must not look
    // like a shutdown.
    faults: [{ kind: "delay", call: "invocation/response", delayMs: awakeMs }],
  }),
);

export const survivesFullTmp: Check = disturbance(
  {
    id: "full-tmp",
    title: "Works where /tmp has no room left",
    advice:
      "Do without files in /tmp, or go on without them where they cannot be written: the function shares /tmp and may fill it.",
  },
  (_subject, { hasNamespace }) => {
    if (!hasNamespace) return "this machine has no mount namespaces, so /tmp is its own";
    return { options: { tmp: "full" } };
  },
);
