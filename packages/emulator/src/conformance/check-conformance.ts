import { makeScratchFolder } from "../files/scratch-folder.ts";
import { didYouMean } from "../problems/did-you-mean.ts";
import { EmulatorError } from "../problems/emulator-error.ts";
import { isSupportedRuntime } from "../template/supported-runtime.ts";
import { checks } from "./registry.ts";
import { runChecks } from "./run-checks.ts";
import type { CheckResult, RunOptions } from "./run-checks.ts";
import type { Check } from "./trial/check.ts";
import { openSubject } from "./trial/open-subject.ts";
import type { SubjectOptions } from "./trial/open-subject.ts";

/** What to check, and how. */
export interface ConformanceOptions extends SubjectOptions, RunOptions {
  /** Ids of checks. Default: all. */
  readonly only?: readonly string[] | undefined;
  /** The runtime of the function that the extension runs beside. Default `nodejs22.x`. */
  readonly functionRuntime?: string | undefined;
}

/** What a run found. */
export interface ConformanceReport {
  readonly layer: string;
  readonly extensions: readonly string[];
  readonly functionRuntime: string;
  readonly passed: number;
  readonly failed: number;
  readonly notApplicable: number;
  readonly results: readonly CheckResult[];
  /**
   * What the extensions wrote in the trial that nothing disturbs: an extension that a wrong setting made useless keeps
   * every rule, and says why here.
   */
  readonly lines: readonly string[];
}

/**
 * Checks the extensions of a layer against everything Lambda does to an extension, each check in an environment of its
 * own.
 * Errors: `EmulatorError` for a wrong layer, check or runtime; the signal's reason.
 */
export async function checkConformance(options: ConformanceOptions): Promise<ConformanceReport> {
  const chosen = chooseChecks(options.only);
  const functionRuntime = options.functionRuntime ?? "nodejs22.x";
  if (!isSupportedRuntime(functionRuntime)) {
    throw new EmulatorError(`function runtime: expected nodejs*.x, python3.* or provided.*, got ${functionRuntime}`);
  }
  const folder = await makeScratchFolder("lambda-conformance-");
  try {
    const subject = await openSubject(options, { folder: folder.path, functionRuntime });
    const results = await runChecks(subject, chosen, options);
    const count = (wanted: CheckResult["outcome"]): number =>
      results.filter(({ outcome }) => outcome === wanted).length;
    return {
      layer: options.layer,
      extensions: subject.extensions.map(({ name }) => name),
      functionRuntime,
      passed: count("pass"),
      failed: count("fail"),
      notApplicable: count("not-applicable"),
      results,
      lines: await subject.said(),
    };
  } catch (error) {
    options.signal?.throwIfAborted();
    throw error;
  } finally {
    await folder.close();
  }
}

function chooseChecks(only: readonly string[] | undefined): readonly Check[] {
  if (only === undefined) return checks;
  const ids = checks.map(({ id }) => id);
  const unknown = only.find((id) => !ids.includes(id));
  if (unknown !== undefined) {
    throw new EmulatorError(`there is no check ${unknown}${didYouMean(unknown, ids) || `; checks: ${ids.join(", ")}`}`);
  }
  return checks.filter(({ id }) => only.includes(id));
}
