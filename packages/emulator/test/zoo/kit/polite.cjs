// The Extensions and Telemetry API with node:http, one connection for each call.
const http = require("node:http");
const { basename } = require("node:path");

const [host, port] = process.env.AWS_LAMBDA_RUNTIME_API.split(":");
const isManaged = process.env.AWS_LAMBDA_INITIALIZATION_TYPE === "lambda-managed-instances";

function call(method, path, body = "", headers = {}) {
  return new Promise((resolve, reject) => {
    const request = http.request({ host, port, method, path, headers, agent: false }, async (response) => {
      let text = "";
      for await (const chunk of response.setEncoding("utf8")) text += chunk;
      resolve({ status: response.statusCode, headers: response.headers, body: text });
    });
    request.on("error", reject);
    request.end(body);
  });
}

async function register() {
  const events = isManaged ? ["SHUTDOWN"] : ["INVOKE", "SHUTDOWN"];
  const name = basename(process.argv[1]);
  const { status, headers, body } = await call("POST", "/2020-01-01/extension/register", JSON.stringify({ events }), { "Lambda-Extension-Name": name });
  if (status !== 200) throw new Error(body);
  return { "Lambda-Extension-Identifier": headers["lambda-extension-identifier"] };
}

async function next(identity) {
  const { status, body } = await call("GET", "/2020-01-01/extension/event/next", "", identity);
  if (status !== 200) throw new Error(body);
  return JSON.parse(body);
}

async function run(identity) {
  while ((await next(identity)).eventType !== "SHUTDOWN");
  process.exit(0);
}

/** Answers each request, then hands on its body; gives the port. */
function listen(handle, { maxBytes = Infinity } = {}) {
  const server = http.createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request.setEncoding("utf8")) body += chunk;
    response.writeHead(body.length > maxBytes ? 413 : 200).end();
    handle(body);
  });
  return new Promise((resolve) => server.listen(0, () => resolve(server.address().port)));
}

function subscribe(identity, port) {
  const destination = { protocol: "HTTP", URI: `http://sandbox.localdomain:${port}` };
  const body = { schemaVersion: "2025-01-29", types: ["platform", "function"], destination, buffering: { timeoutMs: 25 } };
  return call("PUT", "/2022-07-01/telemetry", JSON.stringify(body), identity);
}

module.exports = { call, listen, next, register, run, subscribe };
