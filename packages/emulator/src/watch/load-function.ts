import type { Host } from "../host/host.ts";
import { loadFunctions } from "../project/load-functions.ts";
import type { LoadedFunction } from "../project/load-functions.ts";
import { mappingWarnings, planCode } from "../project/plan-code.ts";
import type { CodePlan } from "../project/plan-code.ts";
import type { ProjectOptions } from "../project/project-options.ts";
import type { EventSource } from "../project/read-event.ts";
import { listInputs } from "./inputs.ts";
import type { Input } from "./inputs.ts";

/** Which function to watch, and what it is invoked with. */
export interface FunctionRequest {
  /** Undefined: the only function there is. */
  readonly functionName: string | undefined;
  readonly event: EventSource;
  readonly project: ProjectOptions;
}

/** A function as its template has it now, how its code comes to be, and which files all of that depends on. */
export interface WatchedFunction extends LoadedFunction {
  readonly plan: CodePlan;
  readonly inputs: readonly Input[];
}

/**
 * Reads the template (as written: what `sam build` made would not change with its sources) and finds the function,
 * without a name the only one. Errors: `EmulatorError`.
 */
export async function loadFunction(request: FunctionRequest, host: Host): Promise<WatchedFunction> {
  const functions = await loadFunctions(request.project, host, { skipsBuilt: true });
  const { resolved, environmentOptions, ...found } = functions.resolve(request.functionName);
  const { layerMappings, templatePath } = functions;
  const plan = await planCode(resolved, { cwd: host.cwd, layerMappings, buildsPackages: true });
  const warnings = [...functions.warnings, ...found.warnings, ...mappingWarnings(resolved, layerMappings)];
  return {
    resolved,
    environmentOptions,
    warnings,
    plan,
    inputs: await listInputs(request, { cwd: host.cwd, templatePath, plan }),
  };
}
