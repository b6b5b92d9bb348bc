import { describeError } from "./describe-error.ts";

/** Failures that leave the function alone: each kind reported once, then counted. */
export interface Failures {
  report(where: string, error: unknown): void;
  /** One line about all that repeated; undefined where nothing did. */
  summary(): string | undefined;
}

/** See {@link Failures}. */
export function createFailures(report: (message: string) => void): Failures {
  const counts = new Map<string, number>();
  return {
    report(where, error) {
      const count = (counts.get(where) ?? 0) + 1;
      counts.set(where, count);
      if (count > 1) return;
      report(
        `${where} failed; the function is not affected, and further failures of this kind are only counted: ${describeError(error)}`,
      );
    },
    summary() {
      const repeated = [...counts]
        .filter(([, count]) => count > 1)
        .map(([where, count]) => `${where} failed ${count} times`);
      return repeated.length === 0 ? undefined : repeated.join(", ");
    },
  };
}
