import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { shellQuote, startKeeper } from "../process/keeper.ts";
import { mountScript, mountTable } from "./mount-script.ts";
import type { BindStyle, Mount } from "./mount-script.ts";

/** The process that keeps a mount namespace alive. */
export interface Holder {
  readonly pid: number;
  /** Whether it has its own user namespace: other processes must join that too. */
  readonly hasUserNamespace: boolean;
  /** Paths that could not be made read-only. */
  readonly writablePaths: readonly string[];
  /** Kills every process in the namespace, and removes the work folder; idempotent. */
  close(): Promise<void>;
}

/** The holder, or why this machine refuses one. */
export type HolderOutcome =
  | { readonly kind: "ready"; readonly holder: Holder }
  | { readonly kind: "refused"; readonly reason: string };

/**
 * Tries a mount namespace as root, then one with a user namespace. The holder removes the work folder when it ends, for
 * any reason.
 */
export async function startHolder(mounts: readonly Mount[], workFolder: string): Promise<HolderOutcome> {
  const file = join(workFolder, "mounts");
  await writeFile(file, mountTable(mounts));
  const styles: readonly BindStyle[] = [{ kind: "table", file }, { kind: "one-by-one" }];
  const reasons = new Set<string>();
  for (const hasUserNamespace of process.getuid?.() === 0 ? [false, true] : [true]) {
    for (const style of styles) {
      const outcome = await tryHolder({ script: mountScript(mounts, style), workFolder, hasUserNamespace });
      if (outcome.kind === "ready") return outcome;
      reasons.add(outcome.reason);
    }
  }
  return { kind: "refused", reason: [...reasons].join("; ") };
}

interface Attempt {
  readonly script: string;
  readonly workFolder: string;
  readonly hasUserNamespace: boolean;
}

function tryHolder({ script, workFolder, hasUserNamespace }: Attempt): Promise<HolderOutcome> {
  const flags = hasUserNamespace ? "-Urm" : "-m";
  // The folder is removed outside the namespace: nothing is mounted on it there.
  const outer = `unshare ${flags} -- sh -c ${shellQuote(script)} && rm -rf --one-file-system -- ${shellQuote(workFolder)}`;
  const writablePaths: string[] = [];
  return new Promise((resolve) => {
    const keeper = startKeeper(outer, (line) => {
      const [word = "", rest = ""] = line.split(" ", 2);
      if (word === "writable") writablePaths.push(rest);
      if (word !== "ready") return;
      const holder = { pid: Number(rest), hasUserNamespace, writablePaths, close: () => keeper.close() };
      resolve({ kind: "ready", holder });
    });
    void keeper.ended.then((errors) => resolve({ kind: "refused", reason: errors || "unshare is missing" }));
  });
}
