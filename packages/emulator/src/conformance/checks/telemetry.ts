import { mutations } from "../../options/fault.ts";
import type { Fault, Mutation } from "../../options/fault.ts";
import { verdictOn } from "../trial/check.ts";
import type { About, Check, Subject, Verdict } from "../trial/check.ts";
import type { AcceptedSubscription } from "../trial/subscriptions.ts";
import type { Stage, Trial, TrialPlan } from "../trial/trial.ts";
import { disturbance, wellBehaved } from "./disturbance.ts";

const noSubscription = "it does not subscribe to telemetry";
const notSupported = '{"errorMessage":"Telemetry API is not supported","errorType":"Telemetry.NotSupported"}\n';

/** Twice the largest maxBytes. Units: characters of ASCII. */
const largeBytes = 2 * 1024 * 1024;
const lineBytes = 200_000;

/** Checks of extensions that subscribe to telemetry. */
export const telemetryChecks: readonly Check[] = [
  subscriberCheck({
    id: "telemetry-listener",
    title: "Listens before it subscribes to telemetry",
    advice:
      "Bind the port and wait until it listens, then PUT /telemetry: the platform then sends at once what it has kept since init began, and a listener that is late loses it.",
    needs: wellBehaved,
    async examine(_subject, subscriptions) {
      if (subscriptions.some(({ wasListening }) => wasListening === undefined)) {
        return { kind: "not-applicable", detail: "this system does not tell who listens (no /proc/net/tcp)" };
      }
      const late = subscriptions.filter(({ wasListening }) => wasListening === false);
      return verdictOn(
        late.map(
          ({ extension, destination }) => `port ${destination.port} had no listener when ${extension} subscribed`,
        ),
      );
    },
  }),
  subscriberCheck({
    id: "telemetry-acknowledges",
    title: "Answers telemetry with 200",
    advice:
      "Read the whole body, answer 200 at once, and only then process: the platform sends a batch without an acknowledgement again and again, and what comes after it is lost when the platform's buffer is full.",
    needs: [...wellBehaved, "telemetry-listener"],
    async examine(subject, subscriptions) {
      if (subscriptions.every(({ types }) => types.every((type) => type === "extension"))) {
        return { kind: "not-applicable", detail: "it subscribes to the lines of extensions only" };
      }
      return judgeDeliveries(subject, await subject.run({ during: (stage) => invokeAround(stage, () => true) }));
    },
  }),
  disturbance({
    id: "telemetry-not-supported",
    title: "Works where subscribing to telemetry is answered with 202",
    advice: "An answer of 202 means, as from AWS's local emulator: no telemetry here. Go on with the loop without it.",
    plan: (_subject, { subscriptions }) =>
      subscriptions.length === 0
        ? noSubscription
        : { faults: [{ kind: "answer", call: "telemetry", status: 202, body: notSupported }] },
  }),
  batchCheck({
    id: "telemetry-unknown-event",
    title: "Takes telemetry events of a type it does not know",
    advice:
      "Leave out or pass on events of an unknown type, and go on with the next one of the batch: AWS adds types without notice.",
    toMutation: () => mutations.unknownEvent,
  }),
  batchCheck({
    id: "telemetry-object-records",
    title: "Takes log lines whose record is an object",
    advice:
      "Expect record to be a string or an object: functions with the JSON log format, and all on Managed Instances, have objects.",
    toMutation: () => mutations.objectRecords,
    options: { logFormat: "JSON" },
  }),
  batchCheck({
    id: "telemetry-large-batch",
    title: "Takes batches of 2 MB",
    advice:
      "Accept bodies of at least twice maxBytes (the event that fills a batch comes with it), and read them to their end before parsing.",
    toMutation:
      ({ types }) =>
      (events) => {
        const large = Array.from({ length: Math.ceil(largeBytes / lineBytes) }, () => largeEvent(types));
        return [`[${[...events, ...large].join(",")}]`];
      },
  }),
  batchCheck({
    id: "telemetry-redelivery",
    title: "Takes a batch that comes twice",
    advice:
      "Expect events again: the platform repeats a batch whose acknowledgement it did not see. Answer 200 to the copy; leave it out by type, time and request id if a copy does harm.",
    toMutation: () => mutations.redeliver,
  }),
  batchCheck({
    id: "telemetry-malformed",
    title: "Takes bodies that are no array of events, and what comes after them",
    advice:
      "Answer 200 to any body, catch what parsing throws, and skip the elements that are no events: after an answer of 400 or more the platform sends the same body again, and what follows waits.",
    toMutation() {
      let isFirst = true;
      return (events) => {
        const bad = isFirst ? badBodies(events) : [];
        isFirst = false;
        return [...bad, `[${events.join(",")}]`];
      };
    },
  }),
];

interface SubscriberRule extends About, Pick<Check, "needs"> {
  readonly examine: (subject: Subject, subscriptions: readonly AcceptedSubscription[]) => Promise<Verdict>;
}

/** A check that does not apply to extensions without a subscription. */
function subscriberCheck({ examine, ...about }: SubscriberRule): Check {
  return {
    ...about,
    executes: true,
    async run(subject) {
      const { subscriptions } = await subject.undisturbed();
      return subscriptions.length === 0
        ? { kind: "not-applicable", detail: noSubscription }
        : examine(subject, subscriptions);
    },
  };
}

interface BatchRule extends About {
  readonly toMutation: (subscription: AcceptedSubscription) => Mutation;
  readonly options?: NonNullable<TrialPlan["options"]>;
}

/** A check that changes the batches that a listener gets over HTTP. */
function batchCheck({ toMutation, options = {}, ...about }: BatchRule): Check {
  return subscriberCheck({
    ...about,
    needs: [...wellBehaved, "telemetry-acknowledges"],
    async examine(subject, subscriptions) {
      const overHttp = subscriptions.filter(({ destination }) => destination.protocol === "HTTP");
      if (overHttp.length === 0) {
        return { kind: "not-applicable", detail: "it takes telemetry over TCP, one event a line" };
      }
      const sent = new Set<string>();
      const faults = overHttp.map((subscription): Fault => {
        const { extension } = subscription;
        const mutate = toMutation(subscription);
        const mutateAndNote: Mutation = (events) => {
          sent.add(extension);
          return mutate(events);
        };
        return { kind: "telemetry", extension, mutate: mutateAndNote };
      });
      const during = (stage: Stage) => invokeAround(stage, () => sent.size === overHttp.length);
      const trial = await subject.run({ options, faults, during });
      return sent.size === 0
        ? { kind: "not-applicable", detail: "nothing was delivered to it" }
        : judgeDeliveries(subject, trial);
    },
  });
}

/**
 * The longest wait for a batch that is due between two invocations; a batch that is due later comes before SHUTDOWN.
 * Units: milliseconds.
 */
const longestWaitMs = 2500;

/** An invocation before a delivery and one after it. */
async function invokeAround(stage: Stage, isSent: () => boolean) {
  const first = await stage.invoke();
  const isDelivered = (): boolean => stage.environment.timeline.some(({ kind }) => kind === "telemetry");
  await stage.reaches(() => isSent() && isDelivered(), longestWaitMs);
  return [first, await stage.invoke()];
}

/** Fails unless every delivery before SHUTDOWN was acknowledged. */
function judgeDeliveries(subject: Subject, trial: Trial): Verdict {
  const [trouble] = trial.troubles;
  if (trouble !== undefined) return verdictOn([trouble.text], trial);
  for (const { name } of subject.extensions) {
    if (!trial.subscriptions.some(({ extension }) => extension === name)) continue;
    const own = trial.timeline.filter(({ lane }) => lane === name);
    const end = own.find(({ kind }) => kind === "shutdown")?.startEpochMs ?? Infinity;
    const deliveries = own.filter(({ kind, endEpochMs }) => kind === "telemetry" && endEpochMs <= end);
    const refused = deliveries.find(({ fact }) => fact?.kind !== "telemetry" || !fact.isDelivered);
    if (refused !== undefined) return verdictOn([`${name} did not take a delivery (${refused.detail})`], trial);
    if (deliveries.length === 0) return verdictOn([`${name} did not answer any delivery`], trial);
  }
  return verdictOn([]);
}

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
