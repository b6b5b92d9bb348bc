import { judge } from "../trial/check.ts";
import type { Check, Subject, Verdict } from "../trial/check.ts";
import type { Trial, TrialPlan } from "../trial/trial.ts";
import { asksForEvents, obeysShutdown, refusals, staysAlive, starts } from "./life-cycle.ts";

/** An extension that fails these fails every disturbed trial too. */
export const wellBehaved = [starts.id, staysAlive.id, asksForEvents.id, obeysShutdown.id];

/**
 * A check that disturbs an environment, in which all must go as if nothing had happened; `plan` gives a reason where it
 * does not apply.
 */
export function disturbance(
  check: Pick<Check, "id" | "title" | "advice">,
  plan: (subject: Subject, undisturbed: Trial) => TrialPlan | string,
): Check {
  return {
    ...check,
    executes: true,
    needs: wellBehaved,
    async run(subject): Promise<Verdict> {
      const planned = plan(subject, await subject.undisturbed());
      if (typeof planned === "string") return { kind: "not-applicable", detail: planned };
      const trial = await subject.run(planned);
      const verdict = judge(trial);
      return verdict.kind === "fail"
        ? { ...verdict, detail: [verdict.detail, ...refusals(trial)].join("; ") }
        : verdict;
    },
  };
}

/** The extensions that registered for INVOKE. */
export function invokedExtensions({ extensions }: Subject, { timeline }: Trial): readonly string[] {
  const isInvoked = (name: string): boolean => timeline.some((entry) => entry.lane === name && entry.kind === "invoke");
  return extensions.map(({ name }) => name).filter((name) => isInvoked(name));
}
