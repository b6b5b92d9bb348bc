import { describeError } from "./errors.mjs";

const mark = Symbol.for("aws.lambda.runtime.handler.streaming");

/** Puts `awslambda.streamifyResponse` and `awslambda.HttpResponseStream` where handlers expect them. */
export function exposeStreaming() {
  globalThis.awslambda = {
    streamifyResponse: (handler) => Object.assign(handler, { [mark]: "response" }),
    HttpResponseStream: {
      from(stream, prelude) {
        stream.setContentType("application/vnd.awslambda.http-integration-response");
        stream.write(JSON.stringify(prelude));
        // Eight zero bytes stand between the prelude and the body.
        stream.write(Buffer.alloc(8));
        return stream;
      },
    },
  };
}

/** Runs a handler that writes its answer itself; an error after the first byte travels in the trailers. */
export async function runStreaming({ handler, event, context, client, log, requestId }) {
  const { request, sent } = client.streamResponse(requestId);
  request.setContentType = (type) => request.setHeader("Content-Type", type);
  try {
    await handler(event, request, context);
    if (!request.writableEnded) request.end();
  } catch (error) {
    log.error("Invoke Error", error);
    const described = describeError(error);
    request.addTrailers({
      "Lambda-Runtime-Function-Error-Type": described.errorType,
      "Lambda-Runtime-Function-Error-Body": Buffer.from(JSON.stringify(described)).toString("base64"),
    });
    request.end();
  }
  await sent;
}
