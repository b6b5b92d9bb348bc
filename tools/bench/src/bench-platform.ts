import { createServer } from "node:net";
import type { Socket } from "node:net";

/** Who calls the platform next, and what it is told. Units: `at` is `performance.now()` in milliseconds. */
export interface Visitor {
  onRegister?(at: number): void;
  /** Returns the event that answers this `next`, or undefined: it waits until `send`. */
  onNext(at: number): object | undefined;
  /** The function's runtime asked for its first invocation, which never comes. */
  onFunctionNext?(at: number): void;
}

/** A bare Lambda for one environment after the other: fast, so that what is measured is what runs in it. */
export interface BenchPlatform {
  /** `127.0.0.1:port` */
  readonly address: string;
  /** From now on calls are this visitor's. */
  visit(visitor: Visitor): void;
  /** Answers the `next` that waits. */
  send(event: object): void;
  close(): Promise<void>;
}

/** The event that ends an extension. */
export function shutdownEvent(): object {
  return { eventType: "SHUTDOWN", shutdownReason: "spindown", deadlineMs: Date.now() + 2000 };
}

/** Starts it on a free port of 127.0.0.1. */
export async function startBenchPlatform(): Promise<BenchPlatform> {
  const sockets = new Set<Socket>();
  let visitor: Visitor = { onNext: () => undefined };
  let waiting: Socket | undefined;

  function take(socket: Socket, path: string, at: number): void {
    if (path.endsWith("/register")) {
      answer(socket, { functionName: "bench", functionVersion: "$LATEST", handler: "bench" });
      visitor.onRegister?.(at);
    } else if (path.endsWith("/telemetry")) {
      answer(socket, "OK");
    } else if (path.endsWith("/invocation/next")) {
      visitor.onFunctionNext?.(at);
    } else {
      const event = visitor.onNext(at);
      if (event === undefined) waiting = socket;
      else answer(socket, event);
    }
  }

  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket)).on("error", () => socket.destroy());
    let text = "";
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
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("BUG: a TCP server has a port");

  return {
    address: `127.0.0.1:${address.port}`,
    visit(next) {
      visitor = next;
      waiting = undefined;
    },
    send(event) {
      if (waiting === undefined) throw new Error("BUG: nobody waits for an event");
      answer(waiting, event);
    },
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
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
