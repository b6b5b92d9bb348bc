import type { SharedRun } from "./example-project.ts";
import type { Moto } from "./moto.ts";
import { runOrFail } from "./run-command.ts";

/** Runs the AWS CLI against moto. Returns its JSON; undefined without output. Errors: rejects with what it wrote. */
export async function runAws(run: SharedRun, moto: Moto, ...args: readonly string[]): Promise<unknown> {
  const env = { ...run.environment, ...moto.environment };
  const stdout = await runOrFail({ ...moto.inside("aws", ...args, "--output", "json"), env });
  return stdout.trim() === "" ? undefined : JSON.parse(stdout);
}
