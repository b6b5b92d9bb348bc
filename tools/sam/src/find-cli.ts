import { join } from "node:path";
import { which } from "zx";
import { ensureEnvironment, readEnvironmentState } from "./virtual-environment.ts";
import type { EnvironmentPlace } from "./virtual-environment.ts";

/** The command-line tools that are wrapped. */
export type CliName = "sam" | "samlocal";

/** What to run. */
export interface FoundCli {
  readonly file: string;
  /** What stands before the user's arguments. */
  readonly args: readonly string[];
  /** What is added to the environment. */
  readonly env: Readonly<Record<string, string>>;
}

/** Where to look, and whom to tell. */
export interface FindCliOptions {
  readonly place: EnvironmentPlace;
  /** The value of PATH. */
  readonly path: string | undefined;
  readonly report: (message: string) => void;
}

/**
 * SAM, or SAM against a local stand-in for AWS: `lstk sam` where `lstk` is on PATH, which is what `samlocal` says to
 * use instead of itself, with the same SAM. Errors: `SetupError`.
 */
export async function findCli(name: CliName, options: FindCliOptions): Promise<FoundCli> {
  const lstk = name === "samlocal" ? await findOnPath("lstk", options.path) : null;
  if (lstk === null) return { file: await findInstalled(name, options), args: [], env: {} };
  options.report(`samlocal: ${lstk} sam, from PATH`);
  return { file: lstk, args: ["sam"], env: { LSTK_SAM_CMD: await findInstalled("sam", options) } };
}

/**
 * The project's environment where there is one (brought up to date first), else what is on PATH, else the environment
 * is made.
 */
async function findInstalled(name: CliName, { place, path, report }: FindCliOptions): Promise<string> {
  const state = await readEnvironmentState(place);
  if (state === "absent") {
    const found = await findOnPath(name, path);
    if (found !== null) {
      report(`${name}: ${found}, from PATH`);
      return found;
    }
  }
  if (state !== "current") report(`Installing the SAM CLI into ${place.folder}, once; it takes about a minute.`);
  return join(await ensureEnvironment(place, path), name);
}

function findOnPath(name: string, path: string | undefined): Promise<string | null> {
  return which(name, { nothrow: true, ...(path === undefined ? {} : { path }) });
}
