/** See {@link createLineIds}. */
export type LineIds = ReturnType<typeof createLineIds>;

/**
 * Ids of lines: a random prefix for the environment and a count, such as `k3x9qf2a-17`.
 * `random` gives numbers from 0 to below 1.
 */
export function createLineIds(random: () => number) {
  let prefix = createPrefix(random);
  let count = 0;
  return {
    next(): string {
      count += 1;
      return `${prefix}-${count}`;
    },
    /** Takes a new prefix: environments restored from one SnapStart snapshot share the old one. */
    renew(): void {
      prefix = createPrefix(random);
      count = 0;
    },
  };
}

/** About 41 bits: among 1,000 environments, the chance that two have the same prefix is 1 in 5 million. */
function createPrefix(random: () => number): string {
  return Array.from({ length: 8 }, () => Math.floor(random() * 36).toString(36)).join("");
}
