import { unlessInterrupted } from "../host/host.ts";
import type { ChangedFile } from "./changed-files.ts";

/** What the user asks for at the keyboard. */
export type Wish = "invoke" | "restart" | "quit";

/** What came since the last batch. */
export interface Batch {
  readonly files: readonly ChangedFile[];
  readonly wishes: ReadonlySet<Wish>;
}

/** Long enough for an editor that writes a file in several steps. Units: milliseconds. */
const settleMs = 30;

/** Gathers changes and wishes until `next` takes them; `pick` tells which files really changed. */
export function createInbox(
  pick: (paths: ReadonlySet<string>) => Promise<readonly ChangedFile[]>,
  interrupted: AbortSignal,
) {
  let touched = new Set<string>();
  let files: ChangedFile[] = [];
  let wishes = new Set<Wish>();
  let timer: NodeJS.Timeout | undefined;
  let onArrival = (): void => {};
  let outdating = new AbortController();

  const settle = async (): Promise<void> => {
    const paths = touched;
    touched = new Set();
    const changed = await pick(paths);
    if (changed.length === 0) return;
    files.push(...changed);
    outdating.abort();
    onArrival();
  };
  return {
    /** A file may have changed: `pick` looks at it after `settleMs` without another change. */
    onChange(path: string): void {
      touched.add(path);
      clearTimeout(timer);
      timer = setTimeout(() => void settle(), settleMs);
    },
    wish(wish: Wish): void {
      wishes.add(wish);
      onArrival();
    },
    /** Resolves with everything that came, as soon as there is something. Errors: `Interrupted`. */
    async next(): Promise<Batch> {
      const arrival = new Promise<void>((resolve) => (onArrival = resolve));
      if (files.length > 0 || wishes.size > 0) onArrival();
      await unlessInterrupted(arrival, interrupted);
      const batch = { files, wishes };
      files = [];
      wishes = new Set();
      outdating = new AbortController();
      return batch;
    },
    /** Fires when files changed since the last `next`: work on the old ones is in vain. */
    outdated: (): AbortSignal => outdating.signal,
    close: (): void => clearTimeout(timer),
  };
}
