import { describeError, RuntimeFault } from "./errors.mjs";
import { isOlderGeneration } from "./generation.mjs";
import { runStreaming } from "./streaming.mjs";

/** Runs the handler for one invocation and posts its answer or its error. */
export async function runInvocation({ handler, invocation, client, log }) {
  const { requestId, headers, body } = invocation;
  try {
    const event = JSON.parse(body.toString("utf8"));
    const context = createContext(headers);
    if (handler.isStreaming) return await runStreaming({ handler, event, context, client, log, requestId });
    const answer = await callHandler(handler, event, context);
    await client.postResponse(requestId, encode(answer));
  } catch (error) {
    log.error("Invoke Error", error);
    await client.postError(requestId, describeError(error));
  }
}

function encode(answer) {
  const text = stringify(answer === undefined ? null : answer);
  // A function or a symbol has no JSON.
  if (text === undefined) throw new TypeError("Wrong arguments");
  return text;
}

function stringify(answer) {
  try {
    return JSON.stringify(answer);
  } catch {
    throw new RuntimeFault("Runtime.JSONStringifyError", "Unable to stringify response body");
  }
}

/**
 * From Node 24 on, handlers return their answer or a promise of it; before, a callback counts and a plain return value
 * does not.
 */
function callHandler(handler, event, context) {
  return isOlderGeneration ? callWithCallback(handler, event, context) : handler(event, context);
}

function callWithCallback(handler, event, context) {
  return new Promise((resolve, reject) => {
    // Nothing left to run and no answer: the answer is null.
    let onEmptyLoop = () => resolve(null);
    const whenEmpty = () => onEmptyLoop();
    process.once("beforeExit", whenEmpty);
    const settle = (act) => {
      process.off("beforeExit", whenEmpty);
      act();
    };
    const done = (error, answer) => {
      const act = () => (error === undefined || error === null ? resolve(answer) : reject(error));
      if (context.callbackWaitsForEmptyEventLoop) onEmptyLoop = act;
      else settle(act);
    };
    context.done = done;
    context.succeed = (answer) => done(null, answer);
    context.fail = (error) => done(error ?? new Error("handled"));
    try {
      const result = handler(event, context, done);
      if (typeof result?.then === "function") {
        result.then(
          (answer) => settle(() => resolve(answer)),
          (error) => settle(() => reject(error)),
        );
      }
    } catch (error) {
      settle(() => reject(error));
    }
  });
}

function createContext(headers) {
  const { env } = process;
  const parse = (text) => (text === undefined ? undefined : JSON.parse(text));
  const deadlineMs = Number(headers["lambda-runtime-deadline-ms"]);
  return {
    ...(isOlderGeneration
      ? { callbackWaitsForEmptyEventLoop: true }
      : { tenantId: headers["lambda-runtime-aws-tenant-id"], xRayTraceId: headers["lambda-runtime-trace-id"] }),
    functionVersion: env.AWS_LAMBDA_FUNCTION_VERSION,
    functionName: env.AWS_LAMBDA_FUNCTION_NAME,
    memoryLimitInMB: env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: env.AWS_LAMBDA_LOG_STREAM_NAME,
    clientContext: parse(headers["lambda-runtime-client-context"]),
    identity: parse(headers["lambda-runtime-cognito-identity"]),
    invokedFunctionArn: headers["lambda-runtime-invoked-function-arn"],
    awsRequestId: headers["lambda-runtime-aws-request-id"],
    getRemainingTimeInMillis: () => deadlineMs - Date.now(),
  };
}
