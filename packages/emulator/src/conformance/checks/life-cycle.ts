import type { WatchedCall } from "../../options/fault.ts";
import { passed } from "../trial/check.ts";
import type { Check, Subject, Verdict } from "../trial/check.ts";
import type { Trial } from "../trial/trial.ts";
import type { Trouble } from "../trial/trouble.ts";
import { architecture, executeBit, lineEndings, shebang, strayFiles } from "./files.ts";

/** What no extension may do in an environment without any trouble. */
function lifeCycleCheck(
  check: Pick<Check, "id" | "title" | "advice" | "needs">,
  kinds: readonly Trouble["kind"][],
  describe: (trial: Trial, subject: Subject) => string | undefined = () => undefined,
): Check {
  return {
    ...check,
    executes: true,
    async run(subject): Promise<Verdict> {
      const trial = await subject.undisturbed();
      const troubles = trial.troubles.filter(({ kind }) => kinds.includes(kind)).map(({ text }) => text);
      if (troubles.length === 0) return { kind: "pass", detail: describe(trial, subject) };
      return { kind: "fail", detail: [...troubles, ...refusals(trial)].join("; "), trial };
    },
  };
}

/** What the platform said to calls that it refused. */
export function refusals({ calls }: Trial): readonly string[] {
  const refused = calls.filter(({ status }) => status >= 300);
  return [...new Set(refused.map(({ status, answer }) => `the platform answered ${status} ${answer.trim()}`))];
}

export const name: Check = {
  id: "name",
  title: "Registers under the name of its file",
  advice:
    "Send the file's name in extensions/, byte for byte, as Lambda-Extension-Name: under any other, Lambda takes the caller for an internal extension, refuses SHUTDOWN to it, and init waits in vain for the file's own.",
  executes: true,
  needs: [strayFiles.id, executeBit.id, shebang.id, lineEndings.id, architecture.id],
  async run(subject): Promise<Verdict> {
    const trial = await subject.undisturbed();
    const names = subject.extensions.map((extension) => extension.name);
    const isForeign = ({ extension }: WatchedCall): boolean => extension === undefined || !names.includes(extension);
    // The other calls have an identifier instead.
    const foreign = trial.calls.filter((call) => isForeign(call)).map(({ extension }) => extension ?? "no name");
    if (foreign.length === 0) return passed;
    return {
      kind: "fail",
      detail: `extensions/ has ${names.join(", ")}, and ${[...new Set(foreign)].join(", ")} registered`,
      trial,
    };
  },
};

export const starts: Check = lifeCycleCheck(
  {
    id: "starts",
    title: "Registers, and asks for its first event, within init's 10 seconds",
    advice:
      "POST /extension/register first of all, subscribe, then GET /extension/event/next: the function starts only when every extension has registered, and is invoked only when every one has asked.",
    needs: [name.id],
  },
  ["not-started"],
  describeStart,
);

export const staysAlive: Check = lifeCycleCheck(
  {
    id: "stays-alive",
    title: "Does not end unless it is told to",
    advice:
      "Call next in a loop and catch what an event may throw: when an extension ends, even with status 0, Lambda fails the invocation and resets the environment.",
    needs: [starts.id],
  },
  ["ended", "invocation"],
);

export const asksForEvents: Check = lifeCycleCheck(
  {
    id: "asks-for-events",
    title: "Asks for the next event when it is done with one",
    advice:
      "Call next after every event, whatever became of its handling, and before deadlineMs: until then the invocation is not over, and the function runs into its timeout.",
    needs: [starts.id],
  },
  ["stuck"],
);

export const obeysShutdown: Check = lifeCycleCheck(
  {
    id: "shutdown",
    title: "Ends with status 0 within 2 seconds of SHUTDOWN",
    advice:
      "After SHUTDOWN send what is left, exit with status 0 before deadlineMs, and do not call next again. Bound every wait by what is left of the 2 seconds, which the runtime may have used 600 ms of.",
    needs: [starts.id, staysAlive.id, asksForEvents.id],
  },
  ["not-stopped"],
  describeEnd,
);

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

function describeEnd({ timeline }: Trial, { extensions }: Subject): string | undefined {
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
