import type { Host } from "../host/host.ts";
import { Interrupted } from "../host/host.ts";
import { EmulatorError } from "../problems/emulator-error.ts";
import type { LoadedFunction, LoadedFunctions } from "../project/load-functions.ts";
import { planCode } from "../project/plan-code.ts";
import type { CodePlan } from "../project/plan-code.ts";
import type { Workspace } from "../project/workspace.ts";
import type { Printer } from "../tell/printer.ts";
import { findFunction, listFunctions } from "../template/list-functions.ts";
import { codeVersion } from "./code-version.ts";
import { createEnvironmentPool } from "./environment-pool.ts";
import type { EnvironmentPool } from "./environment-pool.ts";
import type { InvokeApiOptions, RunInvocation } from "./invoke-api.ts";
import { serviceError } from "./invoke-request.ts";
import type { PortTurns } from "./port-turns.ts";

/** The functions behind the Invoke API. */
export interface FunctionPools extends Pick<InvokeApiOptions, "find" | "run"> {
  /** Lays the first environment of a function out; what fails here is said when the function is invoked. */
  prepare(name: string): Promise<void>;
  /** Shuts every environment down. */
  close(): Promise<void>;
}

/** What the pools are made of. */
export interface FunctionPoolsOptions {
  readonly functions: LoadedFunctions;
  readonly workspace: Workspace;
  readonly host: Host;
  readonly printer: Printer;
  readonly maxEnvironments: number;
  readonly turns: PortTurns;
}

/** One pool of environments for each function, made when the function is first called. */
export function createFunctionPools(parts: FunctionPoolsOptions): FunctionPools {
  const { functions } = parts;
  const pools = new Map<string, Promise<EnvironmentPool>>();
  const find: FunctionPools["find"] = (name) => {
    try {
      findFunction(functions.scope, name);
      return undefined;
    } catch (error) {
      if (!(error instanceof EmulatorError)) throw error;
      return serviceError(404, "ResourceNotFoundException", `Function not found: ${name} (${error.message})`);
    }
  };
  const poolOf = (name: string, plan = () => planFunction(name, parts)): Promise<EnvironmentPool> => {
    const { logicalId } = findFunction(functions.scope, name);
    const known = pools.get(logicalId);
    if (known !== undefined) return known;
    const pool = plan().then((planned) => startPool(planned, parts));
    pools.set(logicalId, pool);
    // What failed (a build, a missing folder) may be put right meanwhile: the next invocation tries again.
    pool.catch(() => pools.delete(logicalId));
    return pool;
  };
  const run: RunInvocation = async (name, payload, options) => {
    try {
      const pool = await poolOf(name);
      return { kind: "answered", ...(await pool.invoke(payload, options)) };
    } catch (error) {
      if (!(error instanceof EmulatorError)) throw error;
      parts.printer.warning(error.message);
      return serviceError(500, "ServiceException", error.message);
    }
  };
  return {
    find,
    run,
    async prepare(name) {
      try {
        const planned = await planFunction(name, parts);
        const { code, layers } = planned.plan;
        // What has to be built first is built for those who ask for it.
        if (![code, ...layers].every(({ kind }) => kind === "ready")) return;
        const pool = await poolOf(name, () => Promise.resolve(planned));
        await pool.prepare();
      } catch (error) {
        if (!(error instanceof EmulatorError || error instanceof Interrupted)) throw error;
      }
    },
    async close() {
      const started = await Promise.allSettled(pools.values());
      const open = started.flatMap((pool) => (pool.status === "fulfilled" ? [pool.value] : []));
      await Promise.all(open.map((pool) => pool.close()));
    },
  };
}

interface PlannedFunction extends LoadedFunction {
  readonly plan: CodePlan;
}

async function planFunction(name: string, { functions, host }: FunctionPoolsOptions): Promise<PlannedFunction> {
  const loaded = functions.resolve(name);
  const warnings = [...loaded.warnings, ...(await functions.findStale(name))];
  return {
    ...loaded,
    warnings,
    plan: await planCode(loaded.resolved, { cwd: host.cwd, layerMappings: functions.layerMappings }),
  };
}

async function startPool(
  { resolved, environmentOptions, warnings, plan }: PlannedFunction,
  parts: FunctionPoolsOptions,
): Promise<EnvironmentPool> {
  const { functions, workspace, host, printer, maxEnvironments } = parts;
  const { logicalId } = resolved;
  for (const warning of warnings) printer.warning(warning);
  const { codePath, layers } = await workspace.prepare(plan);
  const options = { ...environmentOptions, function: { ...environmentOptions.function, codePath }, layers };
  const prefix = listFunctions(functions.scope).length > 1 ? `${printer.style.bold(logicalId)} ` : "";
  const told = new Set<string>();
  return createEnvironmentPool({
    maxEnvironments,
    turns: parts.turns,
    version: () => codeVersion([codePath, ...layers]),
    start: (onLine, initialize) =>
      host.startEnvironment({
        ...options,
        initialize,
        signal: host.interrupted,
        onLine(line) {
          onLine(line);
          if (line.isNotice === true && told.has(line.text)) return;
          if (line.isNotice === true) told.add(line.text);
          printer.onLine(line, prefix);
        },
      }),
    onSerialised: () =>
      printer.warning(`${logicalId}: a second environment wants a port that the first one has, so no more are started`),
  });
}
