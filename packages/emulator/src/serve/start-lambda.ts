import { knock } from "../environment/rehearsal.ts";
import { Interrupted } from "../host/host.ts";
import type { Host } from "../host/host.ts";
import { untilClosed } from "../host/with-environment.ts";
import { loadFunctions } from "../project/load-functions.ts";
import type { ProjectOptions } from "../project/load-functions.ts";
import { createWorkspace } from "../project/workspace.ts";
import { createPrinter } from "../tell/printer.ts";
import { findFunction, listFunctions } from "../template/list-functions.ts";
import { createFunctionPools } from "./function-pools.ts";
import { startInvokeApi } from "./invoke-api.ts";
import { createPortTurns } from "./port-turns.ts";

/** `lambda-emulator start-lambda`, parsed. */
export interface StartLambdaCommand {
  /** Where the Invoke API listens; port 0: any free one. */
  readonly address: string;
  readonly port: number;
  /** How many environments a function may have at the same time. */
  readonly maxEnvironments: number;
  readonly isVerbose: boolean;
  readonly project: ProjectOptions;
}

/**
 * Serves Lambda's Invoke API on a port, for every function of the template, until the user ends it. The first
 * invocation that needs processes starts them; the next one after a change of the code or a layer uses the new one.
 * Errors: `EmulatorError` for bad input, then `Interrupted`; nothing is left running in any case.
 */
export async function runStartLambda(command: StartLambdaCommand, host: Host): Promise<number> {
  const { address, port, maxEnvironments } = command;
  const functions = await loadFunctions(command.project, host);
  const names = listFunctions(functions.scope).map((one) => one.logicalId);
  // Throws with the reason if the template has no function.
  if (names.length === 0) findFunction(functions.scope, undefined);
  const printer = createPrinter(command, host);
  for (const warning of functions.warnings) printer.warning(warning);
  const workspace = createWorkspace({ host, ...printer });
  const pools = createFunctionPools({
    functions,
    workspace,
    host,
    printer,
    maxEnvironments,
    turns: createPortTurns(() => printer.warning(turnsWarning)),
  });
  const api = await startInvokeApi({ host: address, port, ...pools, onAsyncFailure: printer.warning });
  try {
    host.stdout.write(`${api.url}\n`);
    printer.onNote(
      `Functions: ${names.join(", ")}. Try: aws lambda invoke --endpoint-url ${api.url} --function-name ${names[0]} out.json`,
    );
    printer.onNote("Ctrl-C ends it.");
    for (const name of names) void pools.prepare(name);
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
    await untilClosed(Promise.all([api.close(), pools.close()]), host.interrupted);
    await workspace.close();
  }
}

const turnsWarning =
  "extensions of several functions want the same port: the functions take turns, each with a new environment; give the extension another port in each function to run them side by side";
