import { join } from "node:path";
import type { CliCall } from "./run-cli.ts";
import { ensureEnvironment, findOnPath, readEnvironmentState } from "./virtual-environment.ts";
import type { EnvironmentPlace } from "./virtual-environment.ts";

/** The command-line tools that are wrapped. */
export type CliName = "sam" | "samlocal";

/** What to run: `args` go before the user's arguments, and `env` is added to the environment. */
export type FoundCli = Omit<CliCall, "cwd">;

/** Where to look, and where to report. */
export interface FindCliOptions {
  readonly place: EnvironmentPlace;
  /** The value of PATH. */
  readonly path: string | undefined;
  readonly report: (message: string) => void;
}

/**
 * SAM, or SAM against a local stand-in for AWS. The second is `lstk sam` with the same SAM if `lstk` is on PATH,
 * because `samlocal` itself says to use that instead. Errors: `SetupError`.
 */
export async function findCli(name: CliName, options: FindCliOptions): Promise<FoundCli> {
  const lstk = name === "samlocal" ? await findOnPath("lstk", options.path) : null;
  if (lstk === null) return { file: await findInstalled(name, options), args: [], env: {} };
  options.report(`samlocal: ${lstk} sam, from PATH`);
  return { file: lstk, args: ["sam"], env: { LSTK_SAM_CMD: await findInstalled("sam", options) } };
}

/**
 * The tool in the project's environment, which is brought up to date first. If the environment is absent, the tool on
 * PATH; if PATH has none, the tool in a new environment.
 */
async function findInstalled(name: CliName, { place, path, report }: FindCliOptions): Promise<string> {
  const state = await readEnvironmentState(place);
  const onPath = state === "absent" ? await findOnPath(name, path) : null;
  if (onPath !== null) {
    report(`${name}: ${onPath}, from PATH`);
    return onPath;
  }
  if (state !== "current") report(`Installing the SAM CLI into ${place.folder}, once; it takes about a minute.`);
  return join(await ensureEnvironment(place, path), name);
}
