import type { CommandLine } from "../cli/command-line.ts";
import { knock } from "../environment/rehearsal.ts";
import { Interrupted } from "../host/host.ts";
import type { Host } from "../host/host.ts";
import { closeLimitMs, within } from "../host/with-environment.ts";
import { EmulatorError } from "../problems/emulator-error.ts";
import { loadFunctions } from "../project/load-functions.ts";
import type { LoadedFunction, LoadedFunctions } from "../project/load-functions.ts";
import { planCode } from "../project/plan-code.ts";
import type { CodePlan } from "../project/plan-code.ts";
import { createWorkspace } from "../project/workspace.ts";
import type { Workspace } from "../project/workspace.ts";
import { createPrinter } from "../tell/printer.ts";
import type { Printer } from "../tell/printer.ts";
import { findFunction, listFunctions } from "../template/list-functions.ts";
import { codeVersion } from "./code-version.ts";
import { createEnvironmentPool } from "./environment-pool.ts";
import type { EnvironmentPool } from "./environment-pool.ts";
import { startInvokeApi } from "./invoke-api.ts";
import type { RunInvocation } from "./invoke-api.ts";
import { serviceError } from "./invoke-request.ts";
import type { ServiceError } from "./invoke-request.ts";
import { createPortTurns } from "./port-turns.ts";
import type { PortTurns } from "./port-turns.ts";

/**
 * `lambda-emulator start-lambda`: Lambda's Invoke API on a port, for every function of the template, until the user
 * ends it. Processes start with the first invocation that needs them, and code or layers that were replaced are used
 * from the next one on.
 * Errors: `EmulatorError` for bad input, then `Interrupted`; nothing is left running in any case.
 */
export async function runStartLambda(line: CommandLine, host: Host): Promise<number> {
  const [extra] = line.positionals;
  if (extra !== undefined) throw new EmulatorError(`unexpected argument ${extra}: start-lambda serves every function`);
  const port = readWholeNumber(line, "port", { fallback: 3001, min: 0, max: 65_535 });
  const maxEnvironments = readWholeNumber(line, "max-environments", { fallback: 10, min: 1, max: 1_000 });
  const functions = await loadFunctions(line, host);
  const names = listFunctions(functions.scope).map((one) => one.logicalId);
  // Throws with the reason where there is none.
  if (names.length === 0) findFunction(functions.scope, undefined);
  const printer = createPrinter(line, host);
  for (const warning of functions.warnings) printer.warning(warning);
  const workspace = createWorkspace({ host, ...printer });
  const service = createService({
    functions,
    workspace,
    host,
    printer,
    maxEnvironments,
    turns: createPortTurns(() => printer.warning(turnsWarning)),
  });
  const address = line.options.get("host")?.[0] ?? "127.0.0.1";
  const api = await startInvokeApi({ host: address, port, ...service, onAsyncFailure: printer.warning });
  try {
    host.stdout.write(`${api.url}\n`);
    printer.onNote(
      `Functions: ${names.join(", ")}. Try: aws lambda invoke --endpoint-url ${api.url} --function-name ${names[0]} out.json`,
    );
    printer.onNote("Ctrl-C ends it.");
    for (const name of names) void service.prepare(name);
    // The first caller finds this path of the server loaded and compiled.
    void knock(`${api.url}/2015-03-31/functions/${names[0]}/invocations`, {
      method: "POST",
      headers: { "X-Amz-Invocation-Type": "DryRun" },
    });
    await new Promise((resolve) => {
      if (host.interrupted.aborted) resolve(undefined);
      host.interrupted.addEventListener("abort", resolve, { once: true });
    });
    throw new Interrupted();
  } finally {
    await within(Promise.all([api.close(), service.close()]), closeLimitMs);
    await workspace.close();
  }
}

const turnsWarning =
  "functions want the same port, one of an extension: they take turns, each with a new environment; an extension with a port of its own for each function would let them run side by side";

interface ServiceParts {
  readonly functions: LoadedFunctions;
  readonly workspace: Workspace;
  readonly host: Host;
  readonly printer: Printer;
  readonly maxEnvironments: number;
  readonly turns: PortTurns;
}

/** The functions behind the API: one pool each, made when it is first called. */
function createService(parts: ServiceParts) {
  const { functions } = parts;
  const pools = new Map<string, Promise<EnvironmentPool>>();
  const find = (name: string): ServiceError | undefined => {
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
    /** What fails here is said when the function is invoked. */
    async prepare(name: string): Promise<void> {
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

async function planFunction(name: string, { functions, host }: ServiceParts): Promise<PlannedFunction> {
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
  parts: ServiceParts,
): Promise<EnvironmentPool> {
  const { functions, workspace, host, printer, maxEnvironments } = parts;
  const { logicalId } = resolved;
  for (const warning of warnings) printer.warning(warning);
  const { codePath, layers } = await workspace.prepare(plan);
  const options = { ...environmentOptions, function: { ...environmentOptions.function, codePath }, layers };
  const prefix = listFunctions(functions.scope).length > 1 ? `${printer.style.bold(logicalId)} ` : "";
  const notices = new Set<string>();
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
          if (!notices.has(line.text)) printer.onLine(line, prefix);
          if (line.isNotice === true) notices.add(line.text);
        },
      }),
    onSerialised: () =>
      printer.warning(`${logicalId}: a second environment wants a port that the first one has, so no more are started`),
  });
}

function readWholeNumber(
  { options }: CommandLine,
  name: string,
  range: { readonly fallback: number; readonly min: number; readonly max: number },
): number {
  const given = options.get(name)?.[0];
  const number = given === undefined ? range.fallback : Number(given);
  if (Number.isInteger(number) && number >= range.min && number <= range.max) return number;
  throw new EmulatorError(`--${name}: expected a whole number from ${range.min} to ${range.max}, got ${given}`);
}
