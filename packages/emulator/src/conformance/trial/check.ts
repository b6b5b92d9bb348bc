import type { ExtensionFile } from "./extension-file.ts";
import type { Trial, TrialPlan } from "./trial.ts";

/** What a check found. */
export type Verdict =
  | { readonly kind: "pass"; readonly detail?: string | undefined }
  | { readonly kind: "fail"; readonly detail: string; readonly trial?: Trial | undefined }
  | { readonly kind: "not-applicable"; readonly detail: string };

/** The layer under test. */
export interface Subject {
  /** Its folder; a zip has been unpacked. */
  readonly layer: string;
  /** Every entry of `extensions/` that Lambda would execute. */
  readonly extensions: readonly ExtensionFile[];
  /** Lambda's name: `x86_64` or `arm64`. */
  readonly architecture: string;
  /** Why its programs cannot run on this machine; undefined where they can. */
  readonly obstacle: string | undefined;
  /** Runs an environment with the layer. */
  run(plan: TrialPlan): Promise<Trial>;
  /** The trial without any trouble; run once. */
  undisturbed(): Promise<Trial>;
  /** What the extensions wrote in that trial, each line after `[name]`; nothing where no check needed it. */
  said(): Promise<readonly string[]>;
}

/** One rule that a conforming extension keeps. */
export interface Check {
  /** How `--only` names it. */
  readonly id: string;
  /** What a conforming extension does. */
  readonly title: string;
  /** What to do where it fails. */
  readonly advice: string;
  /** Whether the extension is executed for it. */
  readonly executes: boolean;
  /** Checks without which this one says nothing. */
  readonly needs: readonly string[];
  run(subject: Subject): Promise<Verdict>;
}

export const passed: Verdict = { kind: "pass" };

/** The verdict on a trial that must go as if nothing were wrong. */
export function judge(trial: Trial): Verdict {
  const [trouble] = trial.troubles;
  return trouble === undefined ? passed : { kind: "fail", detail: trouble.text, trial };
}
