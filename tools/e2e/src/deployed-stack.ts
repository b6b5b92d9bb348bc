import type { SharedRun } from "./example-project.ts";
import type { Moto } from "./moto.ts";
import { python, pythonProgram, runOrFail } from "./run-command.ts";

/** What a stack with one function is made of. */
export interface DeployedStack {
  /** Ids by the type of the resource. */
  readonly ids: Readonly<Record<string, readonly string[]>>;
  readonly configuration: DeployedFunction;
  /** Null if the function is a zip. */
  readonly imageUri: string | null;
}

/** The function's configuration, as Lambda answers it. */
export interface DeployedFunction {
  readonly PackageType: "Zip" | "Image";
  readonly Runtime: string;
  readonly Handler: string;
  readonly Role: string;
  readonly CodeSha256: string;
  readonly Environment?: { readonly Variables: Readonly<Record<string, string>> };
  readonly Layers?: readonly { readonly Arn: string }[];
}

/**
 * Asks CloudFormation and Lambda for a stack. A `folder` gets what was uploaded for it, unpacked with its modes:
 * `code`, and `layer-0`, `layer-1` … in the function's order. Errors: rejects if one of them was not uploaded.
 */
export async function readStack(run: SharedRun, moto: Moto, name: string, folder?: string): Promise<DeployedStack> {
  const args = [pythonProgram("read_stack.py"), name, ...(folder === undefined ? [] : [folder])];
  const env = { ...run.environment, ...moto.environment };
  return JSON.parse(await runOrFail({ ...moto.inside(python, ...args), env })) as DeployedStack;
}
