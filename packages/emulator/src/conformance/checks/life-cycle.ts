import { verdictOn } from "../trial/check.ts";
import type { About, Check, Subject } from "../trial/check.ts";
import type { Trial } from "../trial/trial.ts";
import type { Trouble } from "../trial/trouble.ts";

interface LifeCycleRule extends About, Pick<Check, "needs"> {
  /** The kinds of trouble that break the rule. */
  readonly troubles: readonly Trouble["kind"][];
  /** The detail of the verdict, if the extension keeps the rule. */
  readonly describe?: (trial: Trial, subject: Subject) => string;
}

/** A rule that every extension keeps in an environment that nothing disturbs. */
function lifeCycleCheck({ troubles: kinds, describe, ...about }: LifeCycleRule): Check {
  return {
    ...about,
    executes: true,
    async run(subject) {
      const trial = await subject.undisturbed();
      const troubles = trial.troubles.filter(({ kind }) => kinds.includes(kind)).map(({ text }) => text);
      if (troubles.length === 0) return { kind: "pass", detail: describe?.(trial, subject) };
      return verdictOn([...troubles, ...refusals(trial)], trial);
    },
  };
}

/** What the platform answered to the calls that it refused. */
export function refusals({ calls }: Trial): readonly string[] {
  const refused = calls.filter(({ status }) => status >= 300);
  return [...new Set(refused.map(({ status, answer }) => `the platform answered ${status} ${answer.trim()}`))];
}

/** Checks of one environment that nothing disturbs. */
export const lifeCycleChecks: readonly Check[] = [
  {
    id: "name",
    title: "Registers under the name of its file",
    advice:
      "Send the file's name in extensions/, byte for byte, as Lambda-Extension-Name. Under any other name Lambda takes the caller for an internal extension, refuses SHUTDOWN to it, and init waits in vain for the file's own name.",
    executes: true,
    needs: ["stray-files", "execute-bit", "shebang", "line-endings", "architecture"],
    async run(subject) {
      const trial = await subject.undisturbed();
      const names = subject.extensions.map((extension) => extension.name);
      // Calls other than register have an identifier instead of a name.
      const callers = new Set(trial.calls.map(({ extension }) => extension));
      const foreign = [...callers].filter((caller) => caller === undefined || !names.includes(caller));
      if (foreign.length === 0) return { kind: "pass" };
      const others = foreign.map((caller) => caller ?? "no name").join(", ");
      return verdictOn([`extensions/ has ${names.join(", ")}, and ${others} registered`], trial);
    },
  },
  lifeCycleCheck({
    id: "starts",
    title: "Registers, and asks for its first event, within init's 10 seconds",
    advice:
      "POST /extension/register first of all, subscribe, then GET /extension/event/next: the function starts only when every extension has registered, and is invoked only when every one has asked.",
    needs: ["name"],
    troubles: ["not-started"],
    describe: describeStart,
  }),
  lifeCycleCheck({
    id: "stays-alive",
    title: "Does not end unless it is told to",
    advice:
      "Call next in a loop and catch what an event may throw: when an extension ends, even with status 0, Lambda fails the invocation and resets the environment.",
    needs: ["starts"],
    troubles: ["ended", "invocation"],
  }),
  lifeCycleCheck({
    id: "asks-for-events",
    title: "Asks for the next event when it is done with one",
    advice:
      "Call next after every event, also if its handling failed, and before deadlineMs: until then the invocation is not over, and the function runs into its timeout.",
    needs: ["starts"],
    troubles: ["stuck"],
  }),
  lifeCycleCheck({
    id: "shutdown",
    title: "Ends with status 0 within 2 seconds of SHUTDOWN",
    advice:
      "After SHUTDOWN send what is left, exit with status 0 before deadlineMs, and do not call next again. Bound every wait by what is left of the 2 seconds: the runtime may have used 600 ms of them.",
    needs: ["starts", "stays-alive", "asks-for-events"],
    troubles: ["not-stopped"],
    describe: describeEnd,
  }),
];

function describeStart({ timeline }: Trial, { extensions }: Subject): string {
  return extensions
    .map(({ name }) => {
      const at = (kind: string): number =>
        timeline.find((entry) => entry.lane === name && entry.kind === kind)?.startEpochMs ?? 0;
      const since = (kind: string): string => `${Math.round(at(kind) - at("spawn"))} ms`;
      return `${name} registered after ${since("register")} and was ready after ${since("next")}`;
    })
    .join("; ");
}

function describeEnd({ timeline }: Trial, { extensions }: Subject): string {
  const ends = extensions.flatMap(({ name }) => {
    const last = (kind: string): number | undefined =>
      timeline.findLast((entry) => entry.lane === name && entry.kind === kind)?.startEpochMs;
    const told = last("shutdown");
    const ended = last("exit");
    if (told === undefined) return [`${name} did not register for SHUTDOWN: it is killed without notice`];
    return ended === undefined ? [] : [`${name} ended after ${Math.round(ended - told)} ms`];
  });
  return ends.join("; ");
}
