import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { Server, ServerResponse } from "node:http";
import { connect } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { median, pairedRatio } from "./statistics.ts";

/** Each round's median, in microseconds. */
export interface CacheGet {
  readonly warmer: readonly number[];
  readonly nodeHttp: readonly number[];
}

const requestsPerRound = 2000;
const token = "t".repeat(900);
const path = "/systemsmanager/parameters/get?name=/bench&withDecryption=true";

/**
 * What a read from the cache warmer's built layer takes on a kept-alive connection, against a `node:http` server that
 * answers the same bytes. Both run as processes of their own; rounds alternate. Errors: rejects where the layer is not
 * built or a server does not start.
 */
export async function measureCacheGet(rounds: number, onRound: (round: number) => void): Promise<CacheGet> {
  const aws = await listen(
    createServer((_request, response) => response.end(JSON.stringify({ Parameter: parameter }))),
  );
  const platform = await listen(createServer(answerAsLambda));
  const started: ChildProcess[] = [];
  const sockets: Socket[] = [];
  try {
    const warmer = await connectWhenReady(await startWarmer(started, { aws: portOf(aws), platform: portOf(platform) }));
    sockets.push(warmer);
    const answer = await readOnce(warmer);
    const nodeHttp = await connectWhenReady(await startControl(started, answer.slice(answer.indexOf("\r\n\r\n") + 4)));
    sockets.push(nodeHttp);
    const result = { warmer: [] as number[], nodeHttp: [] as number[] };
    for (const socket of [warmer, nodeHttp]) await measure(socket);
    for (let round = 0; round < rounds; round++) {
      onRound(round);
      const order = round % 2 === 0 ? (["warmer", "nodeHttp"] as const) : (["nodeHttp", "warmer"] as const);
      for (const name of order) result[name].push(await measure(name === "warmer" ? warmer : nodeHttp));
    }
    return result;
  } finally {
    for (const socket of sockets) socket.destroy();
    for (const child of started) child.kill("SIGKILL");
    aws.closeAllConnections();
    platform.closeAllConnections();
    aws.close();
    platform.close();
  }
}

/** The figures in Markdown. */
export function cacheGetTable({ warmer, nodeHttp }: CacheGet): string {
  return [
    "| GET of 1 kB, kept alive, p50 | µs | ÷ node:http |",
    "|---|--:|--:|",
    `| cache warmer | ${median(warmer).toFixed(1)} | ${pairedRatio(warmer, nodeHttp).toFixed(2)} |`,
    `| node:http | ${median(nodeHttp).toFixed(1)} | 1 |`,
  ].join("\n");
}

const parameter = {
  ARN: "arn:aws:ssm:eu-west-1:123456789012:parameter/bench",
  DataType: "text",
  LastModifiedDate: 1_668_586_960.362,
  Name: "/bench",
  Type: "String",
  Value: "v".repeat(1024),
  Version: 1,
};

/** Registers whoever asks, and never has an event. */
function answerAsLambda(request: { readonly url?: string | undefined }, response: ServerResponse): void {
  if (request.url?.endsWith("/register") !== true) return;
  response
    .setHeader("Lambda-Extension-Identifier", "11111111-2222-3333-4444-555555555555")
    .end('{"functionName":"bench"}');
}

async function startWarmer(
  started: ChildProcess[],
  ports: { readonly aws: number; readonly platform: number },
): Promise<number> {
  const folder = dirname(fileURLToPath(import.meta.resolve("@lambda-extension/cache-warmer/package.json")));
  const port = await freePort();
  const env = {
    AWS_LAMBDA_RUNTIME_API: `127.0.0.1:${ports.platform}`,
    AWS_ENDPOINT_URL: `http://127.0.0.1:${ports.aws}`,
    AWS_REGION: "eu-west-1",
    AWS_ACCESS_KEY_ID: "a",
    AWS_SECRET_ACCESS_KEY: "s",
    AWS_SESSION_TOKEN: token,
    CACHE_WARMER_PARAMETERS: "/bench",
    SSM_PARAMETER_STORE_TTL: "86400",
    PARAMETERS_SECRETS_EXTENSION_HTTP_PORT: String(port),
  };
  started.push(
    spawn(process.execPath, [join(folder, "dist/layer/cache-warmer/index.cjs")], {
      env,
      stdio: ["ignore", "ignore", "inherit"],
    }),
  );
  return port;
}

/** The least that `node:http` can do for the same answer: compare the token, look the target up. */
const control = `
const { PORT, TOKEN, TARGET, BODY } = process.env;
const answers = new Map([[TARGET, Buffer.from(BODY)]]);
require("node:http").createServer((request, response) => {
  if (request.headers["x-aws-parameters-secrets-token"] !== TOKEN) return response.writeHead(401).end();
  const body = answers.get(request.url);
  response.writeHead(200, { "Content-Type": "application/json", "Content-Length": body.length, "X-Cache": "HIT", Age: "0" }).end(body);
}).listen(PORT, "127.0.0.1");`;

async function startControl(started: ChildProcess[], body: string): Promise<number> {
  const port = await freePort();
  const env = { PORT: String(port), TOKEN: token, TARGET: path, BODY: body };
  started.push(spawn(process.execPath, ["-e", control], { env, stdio: ["ignore", "ignore", "inherit"] }));
  return port;
}

/** The median of a round's reads, one after the other, in microseconds. */
async function measure(socket: Socket): Promise<number> {
  const times: number[] = [];
  for (let read = 0; read < requestsPerRound; read++) {
    const from = performance.now();
    await readOnce(socket);
    times.push((performance.now() - from) * 1000);
  }
  return median(times);
}

const request = `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: */*\r\nUser-Agent: bench\r\nX-Aws-Parameters-Secrets-Token: ${token}\r\n\r\n`;

/** One read; rejects where the answer is not 200. */
function readOnce(socket: Socket): Promise<string> {
  return new Promise((resolve, reject) => {
    let received = "";
    const onData = (text: string): void => {
      received += text;
      const head = received.indexOf("\r\n\r\n");
      if (head < 0) return;
      const length = Number(/content-length: *(\d+)/i.exec(received)?.[1]);
      if (received.length < head + 4 + length) return;
      socket.off("data", onData);
      if (received.startsWith("HTTP/1.1 200 ")) resolve(received);
      else reject(new Error(`A read was answered ${received.slice(0, 200)}`));
    };
    socket.on("data", onData);
    socket.write(request);
  });
}

async function connectWhenReady(port: number): Promise<Socket> {
  for (const until = performance.now() + 5000; performance.now() < until;) {
    const socket = connect({ port, host: "127.0.0.1", noDelay: true }).setEncoding("latin1");
    const isOpen = await new Promise((resolve) =>
      socket.once("connect", () => resolve(true)).once("error", () => resolve(false)),
    );
    if (isOpen === true) return socket;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`Nothing listens on port ${port}; is the cache warmer built?`);
}

async function listen(server: Server): Promise<Server> {
  await once(server.listen(0, "127.0.0.1"), "listening");
  return server;
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

async function freePort(): Promise<number> {
  const server = await listen(createServer());
  const port = portOf(server);
  server.close();
  await once(server, "close");
  return port;
}
