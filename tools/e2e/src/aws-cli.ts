import type { SharedRun } from "./example-project.ts";
import type { Moto } from "./moto.ts";
import { runOrFail } from "./run-command.ts";

/**
 * Runs the AWS CLI against moto. Shape: what it printed, parsed; `undefined` where it printed nothing. Errors: rejects
 * with its output.
 */
export async function runAws(run: SharedRun, moto: Moto, ...args: readonly string[]): Promise<unknown> {
  const environment = { ...run.environment, ...moto.environment };
  const stdout = await runOrFail({ ...moto.inside("aws", ...args, "--output", "json"), env: environment });
  return stdout.trim() === "" ? undefined : JSON.parse(stdout);
}
