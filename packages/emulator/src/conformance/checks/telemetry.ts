import { mutations } from "../../options/fault.ts";
import type { Fault, Mutation } from "../../options/fault.ts";
import { judge, passed } from "../trial/check.ts";
import type { Check, Subject, Verdict } from "../trial/check.ts";
import type { AcceptedSubscription } from "../trial/subscriptions.ts";
import type { Stage, Trial, TrialPlan } from "../trial/trial.ts";
import { disturbance, wellBehaved } from "./disturbance.ts";

const noSubscription = "it does not subscribe to telemetry";

export const listensFirst: Check = {
  id: "telemetry-listener",
  title: "Listens before it subscribes to telemetry",
  advice:
    "Bind the port and wait until it listens, then PUT /telemetry: the platform sends what it has kept since init began, and nobody keeps it for a listener that is late.",
  executes: true,
  needs: wellBehaved,
  async run(subject): Promise<Verdict> {
    const { subscriptions } = await subject.undisturbed();
    if (subscriptions.length === 0) return { kind: "not-applicable", detail: noSubscription };
    if (subscriptions.some(({ wasListening }) => wasListening === undefined)) {
      return { kind: "not-applicable", detail: "this system does not tell who listens (no /proc/net/tcp)" };
    }
    const late = subscriptions.filter(({ wasListening }) => wasListening === false);
    if (late.length === 0) return passed;
    const problems = late.map(
      ({ extension, destination }) => `nobody listened on port ${destination.port} when ${extension} subscribed`,
    );
    return { kind: "fail", detail: problems.join("; ") };
  },
};

export const acknowledges: Check = {
  id: "telemetry-acknowledges",
  title: "Answers telemetry with 200",
  advice:
    "Read the whole body, answer 200 at once, and only then process: a batch that is not acknowledged is sent again and again, and what comes after it is lost when the platform's buffer is full.",
  executes: true,
  needs: [...wellBehaved, listensFirst.id],
  async run(subject): Promise<Verdict> {
    const { subscriptions } = await subject.undisturbed();
    if (subscriptions.length === 0) return { kind: "not-applicable", detail: noSubscription };
    if (subscriptions.every(({ types }) => types.every((type) => type === "extension"))) {
      return { kind: "not-applicable", detail: "it subscribes to the lines of extensions only" };
    }
    const trial = await subject.run({ during: (stage) => invokeAround(stage, () => true) });
    return judgeDeliveries(subject, trial);
  },
};

/** A check that changes what a listener is sent over HTTP. */
function batchCheck(
  check: Pick<Check, "id" | "title" | "advice">,
  toMutation: (subscription: AcceptedSubscription) => Mutation,
  options: TrialPlan["options"] = {},
): Check {
  return {
    ...check,
    executes: true,
    needs: [...wellBehaved, acknowledges.id],
    async run(subject): Promise<Verdict> {
      const { subscriptions } = await subject.undisturbed();
      if (subscriptions.length === 0) return { kind: "not-applicable", detail: noSubscription };
      const overHttp = subscriptions.filter(({ destination }) => destination.protocol === "HTTP");
      if (overHttp.length === 0) {
        return { kind: "not-applicable", detail: "it takes telemetry over TCP, one event a line" };
      }
      const sent = new Set<string>();
      const faults = overHttp.map((subscription): Fault => {
        const mutate = toMutation(subscription);
        const mutateAndNote: Mutation = (events) => {
          sent.add(subscription.extension);
          return mutate(events);
        };
        return { kind: "telemetry", extension: subscription.extension, mutate: mutateAndNote };
      });
      const trial = await subject.run({
        options,
        faults,
        during: (stage) => invokeAround(stage, () => sent.size === overHttp.length),
      });
      return sent.size === 0
        ? { kind: "not-applicable", detail: "nothing was delivered to it" }
        : judgeDeliveries(subject, trial);
    },
  };
}

/**
 * Longest wait for a batch that is due between two invocations; one that is due later comes before SHUTDOWN. Units:
 * milliseconds.
 */
const longestWaitMs = 2500;

/** An invocation before a delivery and one after it. */
async function invokeAround(stage: Stage, isSent: () => boolean) {
  const first = await stage.invoke();
  const isDelivered = (): boolean => stage.environment.timeline.some(({ kind }) => kind === "telemetry");
  await stage.reaches(() => isSent() && isDelivered(), longestWaitMs);
  return [first, await stage.invoke()].filter((answer) => answer !== undefined);
}

/** Everything delivered before SHUTDOWN must have been acknowledged. */
function judgeDeliveries(subject: Subject, trial: Trial): Verdict {
  const verdict = judge(trial);
  if (verdict.kind === "fail") return verdict;
  for (const { name } of subject.extensions) {
    if (!trial.subscriptions.some(({ extension }) => extension === name)) continue;
    const end = trial.timeline.find(({ lane, kind }) => lane === name && kind === "shutdown")?.startEpochMs ?? Infinity;
    const deliveries = trial.timeline.filter(
      ({ lane, kind, endEpochMs }) => lane === name && kind === "telemetry" && endEpochMs <= end,
    );
    const refused = deliveries.find(({ fact }) => fact?.kind !== "telemetry" || !fact.isDelivered);
    if (refused !== undefined) {
      return { kind: "fail", detail: `${name} did not take a delivery (${refused.detail})`, trial };
    }
    if (deliveries.length === 0) return { kind: "fail", detail: `${name} did not answer any delivery`, trial };
  }
  return passed;
}

export const takesUnknownTelemetry: Check = batchCheck(
  {
    id: "telemetry-unknown-event",
    title: "Takes telemetry events of a type it does not know",
    advice:
      "Leave out or pass on events whose type is unknown, and go on with the next one of the batch: types are added without notice.",
  },
  () => mutations.unknownEvent,
);

export const takesObjectRecords: Check = batchCheck(
  {
    id: "telemetry-object-records",
    title: "Takes log lines whose record is an object",
    advice:
      "Expect record to be a string or an object: functions with the JSON log format, and all on Managed Instances, have objects.",
  },
  () => mutations.objectRecords,
  { logFormat: "JSON" },
);

/** Twice the largest maxBytes. Units: characters of ASCII. */
const largeBytes = 2 * 1024 * 1024;
const lineBytes = 200_000;

export const takesLargeBatches: Check = batchCheck(
  {
    id: "telemetry-large-batch",
    title: "Takes batches of 2 MB",
    advice:
      "Accept bodies of at least twice maxBytes (the event that fills a batch comes with it), and read them to their end before parsing.",
  },
  ({ types }) =>
    (events) => {
      const large = Array.from({ length: Math.ceil(largeBytes / lineBytes) }, () => largeEvent(types));
      return [`[${[...events, ...large].join(",")}]`];
    },
);

function largeEvent(types: readonly string[]): string {
  const time = new Date().toISOString();
  const text = "x".repeat(lineBytes);
  const stream = ["function", "extension"].find((type) => types.includes(type));
  return JSON.stringify(
    stream === undefined
      ? { time, type: "platform.logsDropped", record: { reason: text, droppedRecords: 1, droppedBytes: lineBytes } }
      : { time, type: stream, record: text },
  );
}

export const takesRedelivery: Check = batchCheck(
  {
    id: "telemetry-redelivery",
    title: "Takes a batch that comes twice",
    advice:
      "Expect events again: the platform repeats a batch whose acknowledgement it did not see. Answer 200 to the copy; leave it out by type, time and request id where it matters.",
  },
  () => mutations.redeliver,
);

export const takesMalformedBatches: Check = batchCheck(
  {
    id: "telemetry-malformed",
    title: "Takes bodies that are no array of events, and what comes after them",
    advice:
      "Answer 200 whatever the body is, catch what parsing throws, and skip the elements that are no events: an answer of 400 or more has the same body sent again and holds up what follows.",
  },
  () => {
    let isFirst = true;
    return (events) => {
      const bad = isFirst ? badBodies(events) : [];
      isFirst = false;
      return [...bad, `[${events.join(",")}]`];
    };
  },
);

function badBodies(events: readonly string[]): readonly string[] {
  const whole = `[${events.join(",")}]`;
  return [
    whole.slice(0, -2),
    ...events.slice(0, 1),
    "",
    "null",
    '[null,1,"text",{},{"type":"function"},{"time":"never","type":5,"record":null}]',
  ];
}

export const worksWithoutTelemetry: Check = disturbance(
  {
    id: "telemetry-not-supported",
    title: "Works where subscribing to telemetry is answered with 202",
    advice: "Take 202 for what AWS's local emulator means by it, no telemetry here, and go on with the loop without.",
  },
  (_subject, { subscriptions }) =>
    subscriptions.length === 0
      ? noSubscription
      : { faults: [{ kind: "answer", call: "telemetry", status: 202, body: notSupported }] },
);

const notSupported = '{"errorMessage":"Telemetry API is not supported","errorType":"Telemetry.NotSupported"}\n';
