import { once } from "node:events";
import { createServer } from "node:http";
import type { ServerResponse } from "node:http";
import { connect } from "node:net";
import type { Socket } from "node:net";
import { dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { findFreePort, listen } from "@lambda-extension/e2e/ports";
import { startContestant } from "./contestant-process.ts";
import type { ContestantProcess } from "./contestant-process.ts";
import { described, table } from "./report.ts";
import { find, measureInRounds } from "./rounds.ts";
import type { Rounds } from "./rounds.ts";
import type { Section } from "./section.ts";
import { median, pairedRatio } from "./statistics.ts";

const requestsPerRound = 2000;
const token = "t".repeat(900);
const path = "/systemsmanager/parameters/get?name=/bench&withDecryption=true";

/**
 * The time of a read from the cache warmer's built layer on a kept-alive connection, against a `node:http` server that
 * answers the same bytes. Each is a process of its own. Errors: rejects if a server
 * does not start, for example because the layer is not built.
 */
export const cacheGet: Section = {
  name: "cache-get",
  async run(bench) {
    const rounds = bench.rounds(2);
    const results = await measure({ ...bench, rounds });
    const warmer = find(results, "cache warmer");
    const nodeHttp = find(results, "node:http");
    const ratio = pairedRatio(warmer.us, nodeHttp.us);
    const rows = [
      ["cache warmer", median(warmer.us).toFixed(1), ratio.toFixed(2)],
      ["node:http", median(nodeHttp.us).toFixed(1), "1"],
    ];
    return {
      markdown: described(rounds, table(["GET of 1 kB, kept alive, p50", "µs", "÷ node:http"], rows)),
      gates: [{ promise: "cache warmer's p50 ÷ node:http's", value: ratio, limit: 1 }],
    };
  },
};

async function measure(rounds: Rounds) {
  const aws = await listen(
    createServer((_request, response) => response.end(JSON.stringify({ Parameter: parameter }))),
  );
  const platform = await listen(createServer(answerAsLambda));
  const started: ContestantProcess[] = [];
  const sockets: Socket[] = [];
  const open = async (name: string, start: (port: number) => ContestantProcess) => {
    const port = await findFreePort();
    started.push(start(port));
    const socket = await connectWhenReady(port);
    sockets.push(socket);
    return { name, socket };
  };
  try {
    const warmer = await open("cache warmer", (port) => startWarmer(port, { aws: aws.port, platform: platform.port }));
    const answer = await readOnce(warmer.socket);
    const body = answer.slice(answer.indexOf("\r\n\r\n") + 4);
    const nodeHttp = await open("node:http", (port) => startControl(port, body));
    return await measureInRounds([warmer, nodeHttp], { ...rounds, figures: ["us"] }, async ({ socket }) => ({
      us: await medianRead(socket),
    }));
  } finally {
    for (const socket of sockets) socket.destroy();
    for (const process of started) process.kill();
    await Promise.all([aws.close(), platform.close()]);
  }
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

/** Registers every extension, and never has an event. */
function answerAsLambda(request: { readonly url?: string | undefined }, response: ServerResponse): void {
  if (request.url?.endsWith("/register") !== true) return;
  response
    .setHeader("Lambda-Extension-Identifier", "11111111-2222-3333-4444-555555555555")
    .end('{"functionName":"bench"}');
}

function startWarmer(port: number, ports: { readonly aws: number; readonly platform: number }): ContestantProcess {
  const folder = dirname(fileURLToPath(import.meta.resolve("@lambda-extension/cache-warmer/package.json")));
  const command = [process.execPath, join(folder, "dist/layer/cache-warmer/index.cjs")] as const;
  return startContestant(
    { name: "the cache warmer", command },
    {
      AWS_LAMBDA_RUNTIME_API: `127.0.0.1:${ports.platform}`,
      AWS_ENDPOINT_URL: `http://127.0.0.1:${ports.aws}`,
      AWS_REGION: "eu-west-1",
      AWS_ACCESS_KEY_ID: "a",
      AWS_SECRET_ACCESS_KEY: "s",
      AWS_SESSION_TOKEN: token,
      CACHE_WARMER_PARAMETERS: "/bench",
      SSM_PARAMETER_STORE_TTL: "86400",
      PARAMETERS_SECRETS_EXTENSION_HTTP_PORT: String(port),
    },
  );
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

function startControl(port: number, body: string): ContestantProcess {
  const env = { PORT: String(port), TOKEN: token, TARGET: path, BODY: body };
  return startContestant({ name: "node:http", command: [process.execPath, "-e", control] }, env);
}

/** The median of a round's reads, one after the other, in microseconds. */
async function medianRead(socket: Socket): Promise<number> {
  const times: number[] = [];
  for (let read = 0; read < requestsPerRound; read++) {
    const from = performance.now();
    await readOnce(socket);
    times.push((performance.now() - from) * 1000);
  }
  return median(times);
}

const request = `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: */*\r\nUser-Agent: bench\r\nX-Aws-Parameters-Secrets-Token: ${token}\r\n\r\n`;

/** One read. Errors: rejects if the answer is not 200. */
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
    try {
      await once(socket, "connect");
      return socket;
    } catch {
      await delay(20);
    }
  }
  throw new Error(`Nothing listens on port ${port}; is the cache warmer built?`);
}
