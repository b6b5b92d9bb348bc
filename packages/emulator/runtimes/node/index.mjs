// A small Lambda runtime client for Node: standard library only.
import { AsyncLocalStorage } from "node:async_hooks";
import { createClient } from "./client.mjs";
import { patchConsole } from "./console.mjs";
import { describeError } from "./errors.mjs";
import { isOlderGeneration } from "./generation.mjs";
import { loadHandler } from "./handler.mjs";
import { runInvocation } from "./invocation.mjs";
import { exposeStreaming } from "./streaming.mjs";

const maxConcurrency = Number(process.env.AWS_LAMBDA_MAX_CONCURRENCY ?? 1);
const client = createClient(process.env.AWS_LAMBDA_RUNTIME_API, maxConcurrency);

/**
 * The invocation that runs: one for the whole process, or one for each chain of calls where several run at the same
 * time.
 */
const chains = new AsyncLocalStorage();
let only;
const requestId = () => (maxConcurrency > 1 ? chains.getStore() : only);
const log = patchConsole(requestId);
exposeStreaming();

function failWith(label, exitCode, errorType) {
  return async (reason) => {
    const described = describeError(reason, errorType);
    log.error(label, reason);
    // A Runtime API that is gone must not make this a rejection of its own, over and over.
    await client.postError(requestId(), described).catch(() => {});
    process.exit(exitCode);
  };
}
if (isOlderGeneration) {
  process.on("uncaughtException", failWith("Uncaught Exception", 129));
  process.on("unhandledRejection", failWith("Unhandled Promise Rejection", 128, "Runtime.UnhandledPromiseRejection"));
}

let handler;
try {
  handler = await loadHandler(process.env.LAMBDA_TASK_ROOT, process.env._HANDLER);
} catch (error) {
  await failWith(isOlderGeneration ? "Uncaught Exception" : "Init Error", 1)(error);
}
if (process.env.AWS_LAMBDA_INITIALIZATION_TYPE === "snap-start") await client.restoreNext();

async function work() {
  for (;;) {
    const invocation = await client.next();
    if (maxConcurrency > 1) await chains.run(invocation.requestId, runInvocation, { handler, invocation, client, log });
    else {
      only = invocation.requestId;
      process.env._X_AMZN_TRACE_ID = invocation.headers["lambda-runtime-trace-id"] ?? "";
      await runInvocation({ handler, invocation, client, log });
    }
  }
}
// Not awaited here: a handler whose promise nothing can settle any more ends the process with status 0, as on Lambda.
for (let worker = 0; worker < maxConcurrency; worker++) void work();
