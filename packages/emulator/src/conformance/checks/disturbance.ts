import { verdictOn } from "../trial/check.ts";
import type { About, Check, Subject } from "../trial/check.ts";
import type { Trial, TrialPlan } from "../trial/trial.ts";
import { refusals } from "./life-cycle.ts";

/** An extension that fails these checks fails every disturbed trial too. */
export const wellBehaved = ["starts", "stays-alive", "asks-for-events", "shutdown"];

interface Disturbance extends About {
  /** How the environment is disturbed, or the reason why the check does not apply. */
  readonly plan: (subject: Subject, undisturbed: Trial) => TrialPlan | string;
}

/** A check that disturbs an environment: everything must go as if nothing had happened. */
export function disturbance({ plan, ...about }: Disturbance): Check {
  return {
    ...about,
    executes: true,
    needs: wellBehaved,
    async run(subject) {
      const planned = plan(subject, await subject.undisturbed());
      if (typeof planned === "string") return { kind: "not-applicable", detail: planned };
      const trial = await subject.run(planned);
      const [trouble] = trial.troubles;
      return verdictOn(trouble === undefined ? [] : [trouble.text, ...refusals(trial)], trial);
    },
  };
}
