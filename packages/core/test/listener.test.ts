import { spawn } from "node:child_process";
import type { ChildProcessByStdio } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { request } from "node:http";
import type { IncomingMessage } from "node:http";
import { createConnection } from "node:net";
import type { Socket } from "node:net";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { buildExtension, manifest } from "./build-extension.ts";
import type { BuiltExtension } from "./build-extension.ts";
import { shutdownEvent, startFakeLambda } from "./fake-lambda.ts";
import type { FakeLambda } from "./fake-lambda.ts";
import { run } from "./test-host.ts";

const MiB = 1024 * 1024;
const subscribe = "PUT /2022-07-01/telemetry";

let lambda: FakeLambda;
let sockets: Socket[] = [];
beforeEach(async () => void (lambda = await startFakeLambda()));
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  sockets = [];
  await lambda.close();
});

async function portOfListener(): Promise<number> {
  const { destination } = JSON.parse((await lambda.called(subscribe)).body) as {
    destination: { URI?: string; port?: number };
  };
  return destination.port ?? Number(new URL(destination.URI ?? "").port);
}

/** Resolves when the connection is made. */
async function connect(port: number, host = "127.0.0.1"): Promise<Socket> {
  const socket = createConnection({ port, host });
  sockets.push(socket);
  await once(socket, "connect");
  socket.on("error", () => {});
  return socket;
}

/** A line of its own each time: the loop passes a repeated delivery on once. */
let lines = 0;
const line = () => JSON.stringify({ time: "2026-01-01T00:00:00.123Z", type: "function", record: `line ${++lines}` });

async function deliver(port: number, host = "127.0.0.1"): Promise<number> {
  // A connection of its own, closed after the answer.
  const posted = request({ host, port, method: "POST", agent: false });
  posted.end(`[${line()}]`);
  const [response] = (await once(posted, "response")) as [IncomingMessage];
  return response.resume().statusCode ?? 0;
}

describe("the address", () => {
  const start = (hostsFile: string) =>
    run(
      { AWS_LAMBDA_RUNTIME_API: lambda.address },
      { name: "logger", telemetry: { types: ["function"], onEvents() {} } },
      { hostsFile },
    );

  test.each([
    ["of sandbox.localdomain in the hosts file", "127.0.0.2 sandbox.localdomain sandbox\n", "127.0.0.2", "127.0.0.1"],
    ["127.0.0.1, where an emulator's Runtime API is", "", "127.0.0.1", "127.0.0.2"],
  ])("is the one %s, and no other", async (_name, hostsFile, address, other) => {
    const extension = start(hostsFile);
    const port = await portOfListener();
    expect(await deliver(port, address)).toBe(200);
    await expect(connect(port, other)).rejects.toThrow("ECONNREFUSED");
    await expect(connect(port, "::1")).rejects.toThrow(/ECONNREFUSED|EADDRNOTAVAIL/);
    lambda.deliver(shutdownEvent());
    expect(await extension.exited).toBe(0);
    expect(extension.errors).toEqual([]);
  });

  test("is every one if the machine does not have the one that the hosts file names", async () => {
    const extension = start("192.0.2.7 sandbox.localdomain\n");
    expect(await deliver(await portOfListener())).toBe(200);
    lambda.deliver(shutdownEvent());
    expect(await extension.exited).toBe(0);
    expect(extension.errors).toEqual([]);
  });
});

describe.each(["HTTP", "TCP"])("in a process of its own, over %s", (protocol) => {
  const descriptors = 128;
  let built: BuiltExtension;
  let child: ChildProcessByStdio<null, Readable, null>;
  let port = 0;
  beforeAll(async () => {
    const source = `import { runExtension } from "@lambda-extension/core";
let seen = 0;
void runExtension({
  telemetry: { types: ["function"], protocol: "${protocol}", onEvents: (events) => { seen += events.length; } },
  async onShutdown(_event, context) {
    await context.stopTelemetry();
    console.log("seen " + seen);
  },
});
`;
    built = await buildExtension({ "package.json": manifest({ name: "listener" }), "src/main.ts": source });
  });
  afterAll(() => built.remove());

  beforeEach(async () => {
    const bundle = join(built.layer, "listener/index.cjs");
    const command = `ulimit -n ${descriptors}; exec "$0" "$1"`;
    child = spawn("bash", ["-c", command, process.execPath, bundle], {
      env: { AWS_LAMBDA_RUNTIME_API: lambda.address },
      stdio: ["ignore", "pipe", "inherit"],
    });
    port = await portOfListener();
  });
  afterEach(() => void child.kill("SIGKILL"));

  /** The platform's connection: over TCP it has one for its whole life. */
  async function platform(): Promise<() => Promise<void>> {
    if (protocol === "HTTP") return async () => void (await deliver(port));
    const socket = await connect(port);
    return async () => {
      socket.write(`${line()}\n`);
    };
  }

  async function end(): Promise<string> {
    const said = text(child.stdout);
    lambda.deliver(shutdownEvent());
    return said;
  }

  test("idle connections, ten times as many as descriptors, do not keep the platform out", async () => {
    const send = await platform();
    await send();
    for (let n = 0; n < descriptors * 10; n++) (await connect(port)).unref();
    await send();
    expect(await end()).toBe("seen 2\n");
  });

  test("a hundred bodies of 7 MB that never end hold little memory, and the platform gets through", async () => {
    const send = await platform();
    await send();
    const head = protocol === "HTTP" ? `POST / HTTP/1.1\r\nContent-Length: ${8 * MiB}\r\n\r\n` : "";
    const part = Buffer.alloc(protocol === "HTTP" ? 7 * MiB : 3.5 * MiB, "x");
    for (let n = 0; n < (protocol === "HTTP" ? 100 : 200); n++) {
      const socket = await connect(port);
      socket.write(head);
      await new Promise<void>((resolve) => socket.write(part, () => resolve()));
    }
    await send();
    const [, , rssPages] = /^(\d+) (\d+)/.exec(readFileSync(`/proc/${child.pid}/statm`, "utf8")) ?? [];
    expect((Number(rssPages) * 4096) / MiB).toBeLessThan(200);
    expect(await end()).toBe("seen 2\n");
  });
});
