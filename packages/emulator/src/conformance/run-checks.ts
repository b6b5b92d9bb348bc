import { checks } from "./registry.ts";
import type { Check, Subject, Verdict } from "./trial/check.ts";
import { attributed } from "./trial/trial.ts";

/** How far a run is. */
export type ConformanceProgress =
  | {
      readonly kind: "started";
      readonly id: string;
      readonly title: string;
      readonly index: number;
      readonly total: number;
    }
  | { readonly kind: "finished"; readonly result: CheckResult };

/** What one check found. */
export interface CheckResult {
  readonly id: string;
  readonly title: string;
  readonly outcome: "pass" | "fail" | "not-applicable";
  /** What happened, or why the check does not apply. */
  readonly detail?: string;
  /** What to do; only if it failed. */
  readonly advice?: string;
  /** The last lines that the extensions and the platform wrote; only if it failed. Empty if nothing was executed. */
  readonly lines?: readonly string[];
  readonly durationMs: number;
}

/** How to follow a run and break it off. */
export interface RunOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called before and after each check. */
  onProgress?(progress: ConformanceProgress): void;
}

/** Runs the chosen checks one after another (extensions may have fixed ports), each after those that it needs. */
export async function runChecks(
  subject: Subject,
  chosen: readonly Check[],
  options: RunOptions,
): Promise<readonly CheckResult[]> {
  const judge = createJudge(subject);
  const results: CheckResult[] = [];
  for (const [index, check] of chosen.entries()) {
    options.signal?.throwIfAborted();
    options.onProgress?.({ kind: "started", id: check.id, title: check.title, index, total: chosen.length });
    const startMs = performance.now();
    const result = toResult(check, await judge(check), performance.now() - startMs);
    results.push(result);
    options.onProgress?.({ kind: "finished", result });
  }
  return results;
}

/** A verdict; a blocked check blocks those that need it. */
interface Judgement {
  readonly verdict: Verdict;
  readonly isBlocked: boolean;
}

/** Judges each check once. */
function createJudge(subject: Subject): (check: Check) => Promise<Verdict> {
  const judgements = new Map<string, Judgement>();

  async function judge(check: Check): Promise<Judgement> {
    const known = judgements.get(check.id);
    if (known !== undefined) return known;
    const block = await findBlock(check);
    const judgement: Judgement =
      block === undefined
        ? { verdict: await check.run(subject), isBlocked: false }
        : { verdict: { kind: "not-applicable", detail: block }, isBlocked: true };
    judgements.set(check.id, judgement);
    return judgement;
  }

  async function findBlock({ needs, executes }: Check): Promise<string | undefined> {
    for (const needed of checks.filter(({ id }) => needs.includes(id))) {
      const { verdict, isBlocked } = await judge(needed);
      if (verdict.kind === "fail") return `needs ${needed.id}, which fails`;
      if (isBlocked) return verdict.detail;
    }
    return executes ? subject.obstacle : undefined;
  }

  return async (check) => (await judge(check)).verdict;
}

/** Enough for the error and what led to it. */
const shownLines = 10;

function toResult({ id, title, advice }: Check, verdict: Verdict, durationMs: number): CheckResult {
  const { kind: outcome, detail } = verdict;
  const result = {
    id,
    title,
    outcome,
    ...(detail === undefined ? {} : { detail }),
    durationMs: Math.round(durationMs),
  };
  if (verdict.kind !== "fail") return result;
  const lines = verdict.trial?.lines.filter(({ source }) => source !== "function").slice(-shownLines) ?? [];
  return { ...result, advice, lines: lines.map((line) => attributed(line)) };
}
