/** A list that forgets its oldest entries. */
export interface Recent<Entry> {
  /** Oldest first; the same array at all times. */
  readonly entries: readonly Entry[];
  add(entry: Entry): void;
}

/** Keeps at least the newest `limit` entries and never twice as many. */
export function createRecent<Entry>(limit: number): Recent<Entry> {
  const entries: Entry[] = [];
  return {
    entries,
    add(entry) {
      entries.push(entry);
      // Many at once: moving the rest costs once in `limit` entries.
      if (entries.length >= 2 * limit) entries.splice(0, entries.length - limit);
    },
  };
}
