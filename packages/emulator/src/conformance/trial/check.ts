import type { ExtensionFile } from "./extension-file.ts";
import type { LayerMode } from "./layer-modes.ts";
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
  /** The modes of its files and folders, as Lambda unpacks them. */
  readonly modes: readonly LayerMode[];
  /** Lambda's name: `x86_64` or `arm64`. */
  readonly architecture: string;
  /** Why its programs cannot run on this machine; undefined if they can. */
  readonly obstacle: string | undefined;
  /** Runs an environment with the layer. */
  run(plan: TrialPlan): Promise<Trial>;
  /** The trial that nothing disturbs; run once. */
  undisturbed(): Promise<Trial>;
  /** What the extensions wrote in that trial, each line after `[name]`; empty if no check needed the trial. */
  said(): Promise<readonly string[]>;
}

/** One rule that a conforming extension keeps. */
export interface Check {
  /** How `--only` names it. */
  readonly id: string;
  /** What a conforming extension does. */
  readonly title: string;
  /** What to do if it fails. */
  readonly advice: string;
  /** Whether the check executes the extension. */
  readonly executes: boolean;
  /** Ids of the checks that must pass before this one tells anything. */
  readonly needs: readonly string[];
  run(subject: Subject): Promise<Verdict>;
}

/** What a check tells about itself. */
export type About = Pick<Check, "id" | "title" | "advice">;

/** Fails with all problems, passes without any; `trial` is the one that shows them. */
export function verdictOn(problems: readonly string[], trial?: Trial): Verdict {
  return problems.length === 0 ? { kind: "pass" } : { kind: "fail", detail: problems.join("; "), trial };
}
