import { describeError } from "./describe-error.ts";
import type { ExtensionOptions } from "./extension-options.ts";

/** Where the failures of one process go. */
export interface FailureOutlets {
  readonly report: (message: string) => void;
  /** Takes the failure that ends the extension; called with `failure: "closed"` only. */
  readonly onFatal: (error: unknown) => void;
}

/**
 * Decides what a failure after registration does. Open: it leaves the function alone, each kind is reported once, then
 * counted. Closed: it ends the extension.
 */
export function createFailurePolicy(failure: ExtensionOptions["failure"], { report, onFatal }: FailureOutlets) {
  const counts = new Map<string, number>();
  return {
    onFailure: (where: string, error: unknown): void => {
      if (failure === "closed") return onFatal(error);
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
