import { describeError } from "./describe-error.ts";

/** Failures that leave the function alone: each kind is reported once, then counted. */
export function createFailures(report: (message: string) => void) {
  const counts = new Map<string, number>();
  return {
    report(where: string, error: unknown): void {
      const count = (counts.get(where) ?? 0) + 1;
      counts.set(where, count);
      if (count > 1) return;
      report(
        `${where} failed; the function is not affected, and further failures of this kind are only counted: ${describeError(error)}`,
      );
    },
    /** One line about all kinds that repeated; undefined if no kind did. */
    summary(): string | undefined {
      const repeated = [...counts]
        .filter(([, count]) => count > 1)
        .map(([where, count]) => `${where} failed ${count} times`);
      return repeated.length === 0 ? undefined : repeated.join(", ");
    },
  };
}
