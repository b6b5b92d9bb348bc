import { Interrupted } from "../host/host.ts";
import type { Host } from "../host/host.ts";
import { EmulatorError } from "../problems/emulator-error.ts";
import type { LoadedFunction, LoadedFunctions } from "../project/load-functions.ts";
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

/** What pools work with. */
export interface FunctionPoolsOptions {
  readonly functions: LoadedFunctions;
  readonly workspace: Workspace;
  readonly host: Host;
  readonly printer: Printer;
  readonly maxEnvironments: number;
  readonly turns: PortTurns;
}

/** The functions behind the Invoke API: one pool of environments for each, made at its first invocation. */
export function createFunctionPools(parts: FunctionPoolsOptions) {
  const { functions } = parts;
  const pools = new Map<string, Promise<EnvironmentPool>>();
  const find: InvokeApiOptions["find"] = (name) => {
    try {
      findFunction(functions.scope, name);
      return undefined;
    } catch (error) {
      if (!(error instanceof EmulatorError)) throw error;
      return serviceError(404, "ResourceNotFoundException", `Function not found: ${name} (${error.message})`);
    }
  };
  const poolOf = (name: string, plan = () => planFunction(name, functions)): Promise<EnvironmentPool> => {
    const { logicalId } = findFunction(functions.scope, name);
    const known = pools.get(logicalId);
    if (known !== undefined) return known;
    const pool = plan().then((planned) => startPool(planned, parts));
    pools.set(logicalId, pool);
    // The user may correct the cause (a build, a missing folder) meanwhile: the next invocation tries again.
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
    /** Lays the first environment of a function out; if that fails, the function's first invocation tells. */
    async prepare(name: string): Promise<void> {
      try {
        const planned = await planFunction(name, functions);
        const { code, layers } = planned.plan;
        // A function that needs a build is built when it is invoked.
        if (![code, ...layers].every(({ kind }) => kind === "ready")) return;
        const pool = await poolOf(name, () => Promise.resolve(planned));
        await pool.prepare();
      } catch (error) {
        if (!(error instanceof EmulatorError || error instanceof Interrupted)) throw error;
      }
    },
    /** Shuts every environment down. */
    async close(): Promise<void> {
      const started = await Promise.allSettled(pools.values());
      const open = started.flatMap((pool) => (pool.status === "fulfilled" ? [pool.value] : []));
      await Promise.all(open.map((pool) => pool.close()));
    },
  };
}

interface PlannedFunction {
  readonly loaded: LoadedFunction;
  readonly plan: CodePlan;
}

async function planFunction(name: string, functions: LoadedFunctions): Promise<PlannedFunction> {
  const loaded = await functions.resolve(name);
  return { loaded, plan: await loaded.plan() };
}

async function startPool({ loaded, plan }: PlannedFunction, parts: FunctionPoolsOptions): Promise<EnvironmentPool> {
  const { functions, workspace, host, printer, maxEnvironments } = parts;
  const { logicalId } = loaded;
  for (const warning of loaded.warnings) printer.warning(warning);
  const prepared = await workspace.prepare(plan);
  const prefix = listFunctions(functions.scope).length > 1 ? `${printer.style.bold(logicalId)} ` : "";
  const told = new Set<string>();
  return createEnvironmentPool({
    maxEnvironments,
    turns: parts.turns,
    version: () => codeVersion([prepared.codePath, ...prepared.layers]),
    start: (onLine, initialize) =>
      host.startEnvironment({
        ...loaded.toOptions(prepared),
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
