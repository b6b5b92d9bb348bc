import http from "node:http";

/** The Runtime API over one keep-alive connection for each worker. */
export function createClient(address, workers) {
  const separator = address.lastIndexOf(":");
  const target = {
    host: address.slice(0, separator),
    port: Number(address.slice(separator + 1)),
    agent: new http.Agent({ keepAlive: true, maxSockets: workers }),
  };
  const invocationPath = (requestId) => `/2018-06-01/runtime/invocation/${requestId}`;

  function open(method, path, headers, onResponse, onFailure) {
    const request = http.request({ ...target, method, path, headers }, (response) => {
      const chunks = [];
      response.on("data", (chunk) => chunks.push(chunk));
      response.on("end", () => onResponse({ response, body: Buffer.concat(chunks) }));
      response.on("error", onFailure);
    });
    request.on("error", (error) => onFailure({ error, canRetry: request.reusedSocket }));
    return request;
  }

  function send(method, path, headers = {}, body) {
    return new Promise((resolve, reject) => {
      const request = open(method, path, headers, resolve, (failure) => {
        // A socket that died while the environment was frozen; nothing has been sent on it.
        if (method === "GET" && failure.canRetry && failure.error.code === "ECONNRESET") {
          send(method, path, headers).then(resolve, reject);
        } else reject(failure.error ?? failure);
      });
      request.end(body);
    });
  }

  return {
    async next() {
      const { response, body } = await send("GET", "/2018-06-01/runtime/invocation/next");
      if (response.statusCode !== 200) {
        process.stderr.write(`the Runtime API answered ${response.statusCode}: ${body}\n`);
        process.exit(1);
      }
      return { requestId: response.headers["lambda-runtime-aws-request-id"], headers: response.headers, body };
    },
    restoreNext: () => send("GET", "/2018-06-01/runtime/restore/next"),
    async postResponse(requestId, payload) {
      const body = Buffer.from(payload);
      const headers = { "Content-Type": "application/json", "Content-Length": body.length };
      await send("POST", `${invocationPath(requestId)}/response`, headers, body);
    },
    async postError(requestId, described) {
      const body = Buffer.from(JSON.stringify(described));
      const path = requestId === undefined ? "/2018-06-01/runtime/init/error" : `${invocationPath(requestId)}/error`;
      await send(
        "POST",
        path,
        {
          "Content-Type": "application/json",
          "Content-Length": body.length,
          "Lambda-Runtime-Function-Error-Type": described.errorType.replaceAll(/[^\x20-\x7e]/g, "?"),
        },
        body,
      );
    },
    /** A request whose body the handler writes piece by piece. */
    streamResponse(requestId) {
      let settle;
      const sent = new Promise((resolve, reject) => (settle = { resolve, reject }));
      const request = open(
        "POST",
        `${invocationPath(requestId)}/response`,
        {
          "Content-Type": "application/octet-stream",
          "Lambda-Runtime-Function-Response-Mode": "streaming",
          "Transfer-Encoding": "chunked",
          Trailer: "Lambda-Runtime-Function-Error-Type, Lambda-Runtime-Function-Error-Body",
        },
        settle.resolve,
        (failure) => settle.reject(failure.error ?? failure),
      );
      return { request, sent };
    },
  };
}
