import { createServer } from "node:net";
import type { Socket } from "node:net";
import { listen } from "@lambda-extension/e2e/ports";

/** Receives the calls to the platform. Units: `at` is `performance.now()` in milliseconds. */
export interface Visitor {
  onRegister?(at: number): void;
  /** Returns the event that answers this `next`, or undefined: it waits until `send`. */
  onNext(at: number): object | undefined;
  /** The function's runtime asked for an invocation: it waits until `invokeFunction`. */
  onFunctionNext?(at: number): void;
  onFunctionAnswer?(at: number): void;
}

/** A bare Lambda for one environment after the other. It is fast, so that the figures are those of the environment. */
export interface BenchPlatform {
  /** `127.0.0.1:port` */
  readonly address: string;
  /** From now on this visitor receives the calls. */
  visit(visitor: Visitor): void;
  /** Answers the extension's `next` that waits. */
  send(event: object): void;
  /** Answers the runtime's `next` that waits. */
  invokeFunction(): void;
}

/** An invocation, as an extension sees it. */
export function invokeEvent(): object {
  return {
    eventType: "INVOKE",
    deadlineMs: Date.now() + 3000,
    requestId: "3da1f2dc-3222-475e-9205-e2e6c6318895",
    invokedFunctionArn: "arn:aws:lambda:us-east-1:123456789012:function:bench",
    tracing: {
      type: "X-Amzn-Trace-Id",
      value: "Root=1-5f35ae12-0c0fec141ab77a00bc047aa2;Parent=2be948a625588e32;Sampled=1",
    },
  };
}

/** The event that ends an extension. */
export function shutdownEvent(): object {
  return { eventType: "SHUTDOWN", shutdownReason: "spindown", deadlineMs: Date.now() + 2000 };
}

/** Runs `use` with a platform on a free port of 127.0.0.1. */
export async function onBenchPlatform<T>(use: (platform: BenchPlatform) => Promise<T>): Promise<T> {
  let visitor: Visitor = { onNext: () => undefined };
  let waiting: Socket | undefined;
  let waitingFunction: Socket | undefined;

  function take(socket: Socket, path: string, at: number): void {
    if (path.endsWith("/register")) {
      answer(socket, { functionName: "bench", functionVersion: "$LATEST", handler: "bench" });
      visitor.onRegister?.(at);
    } else if (path.endsWith("/telemetry")) {
      answer(socket, "OK");
    } else if (path.endsWith("/invocation/next")) {
      waitingFunction = socket;
      visitor.onFunctionNext?.(at);
    } else if (path.endsWith("/response")) {
      answer(socket, "OK");
      visitor.onFunctionAnswer?.(at);
    } else {
      waiting = socket;
      const event = visitor.onNext(at);
      if (event !== undefined) answer(socket, event);
    }
  }

  const { port, close } = await listen(createServer({ noDelay: true }, (socket) => readCalls(socket, take)));
  try {
    return await use({
      address: `127.0.0.1:${port}`,
      visit(next) {
        visitor = next;
        waiting = undefined;
      },
      send(event) {
        if (waiting === undefined) throw new Error("BUG: no next waits for an event");
        answer(waiting, event);
      },
      invokeFunction() {
        if (waitingFunction === undefined) throw new Error("BUG: no runtime waits for an invocation");
        answer(waitingFunction, {});
      },
    });
  } finally {
    await close();
  }
}

function readCalls(socket: Socket, take: (socket: Socket, path: string, at: number) => void): void {
  let text = "";
  socket.on("error", () => socket.destroy());
  socket.on("data", (chunk) => {
    const at = performance.now();
    text += chunk.toString("latin1");
    const head = text.indexOf("\r\n\r\n");
    if (head < 0) return;
    const length = Number(/content-length: *(\d+)/i.exec(text.slice(0, head))?.[1] ?? 0);
    if (text.length < head + 4 + length) return;
    const path = text.split(" ", 2)[1] ?? "";
    text = text.slice(head + 4 + length);
    take(socket, path, at);
  });
}

function answer(socket: Socket, body: object | string): void {
  const json = JSON.stringify(body);
  socket.write(
    [
      "HTTP/1.1 200 OK",
      "Content-Type: application/json",
      "Lambda-Extension-Identifier: 11111111-2222-3333-4444-555555555555",
      `Content-Length: ${Buffer.byteLength(json)}`,
      "",
      json,
    ].join("\r\n"),
  );
}
