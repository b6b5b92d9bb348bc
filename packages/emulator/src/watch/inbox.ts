import { unlessInterrupted } from "../host/host.ts";
import type { ChangedFile } from "./changed-files.ts";

/** What the user asks for at the keyboard. */
export type Wish = "invoke" | "restart" | "quit";

/** What came since the last time. */
export interface Batch {
  readonly files: readonly ChangedFile[];
  readonly wishes: ReadonlySet<Wish>;
}

/** Gathers changes and wishes until `next` takes them. */
export interface Inbox {
  /** A file may have changed: it is looked at once nothing has come for `settleMs`. */
  onChange(path: string): void;
  wish(wish: Wish): void;
  /** Resolves with all that came, as soon as there is something. Errors: `Interrupted`. */
  next(): Promise<Batch>;
  /** Fires when files changed since the last `next`: what was begun with the old ones is in vain. */
  outdated(): AbortSignal;
  close(): void;
}

/** Long enough for an editor that writes a file in several steps. Units: milliseconds. */
const settleMs = 30;

/** An empty inbox; `pick` tells which files really changed. */
export function createInbox(
  pick: (paths: ReadonlySet<string>) => Promise<readonly ChangedFile[]>,
  interrupted: AbortSignal,
): Inbox {
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
    onChange(path) {
      touched.add(path);
      clearTimeout(timer);
      timer = setTimeout(() => void settle(), settleMs);
    },
    wish(wish) {
      wishes.add(wish);
      onArrival();
    },
    async next() {
      const arrival = new Promise<void>((resolve) => (onArrival = resolve));
      if (files.length > 0 || wishes.size > 0) onArrival();
      await unlessInterrupted(arrival, interrupted);
      const batch = { files, wishes };
      files = [];
      wishes = new Set();
      outdating = new AbortController();
      return batch;
    },
    outdated: () => outdating.signal,
    close: () => clearTimeout(timer),
  };
}
