import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { describeDestination, send } from "../../test/destination-contract.ts";
import { createLine, createHost, timerClock } from "../../test/fakes.ts";
import { startHttpReceiver } from "../../test/http-receiver.ts";
import type { HttpReceiver } from "../../test/http-receiver.ts";
import { createBatch } from "../buffer/bounded-buffer.ts";
import { createHttpDestination } from "./http.ts";
import type { HttpConfig } from "./http.ts";

const batch = createBatch([createLine("k-1"), createLine("k-2")]);

function create(url: URL, changes: Partial<HttpConfig> = {}) {
  return createHttpDestination({ url, headers: {}, compression: "gzip", timeoutMs: 5000, ...changes }, createHost());
}

for (const compression of ["gzip", "none"] as const) {
  describeDestination(`http (${compression})`, async () => {
    const receiver = await startHttpReceiver();
    return {
      destination: create(receiver.url, { compression }),
      arrived: () => Promise.resolve(receiver.acceptedLines()),
      breakDown: () => Promise.resolve(receiver.answerWith(() => 503)),
      repair: () => Promise.resolve(receiver.answerWith(() => 200)),
      close: () => receiver.close(),
    };
  });
}

describe("createHttpDestination", () => {
  let receiver: HttpReceiver;
  beforeEach(async () => {
    receiver = await startHttpReceiver();
  });
  afterEach(() => receiver.close());

  test("posts NDJSON in gzip with the configured headers and the batch's key", async () => {
    const destination = create(receiver.url, { headers: { authorization: "Bearer x" } });
    await send(destination, batch);
    expect(receiver.requests[0]).toMatchObject({
      path: "/ingest",
      headers: {
        authorization: "Bearer x",
        "content-type": "application/x-ndjson",
        "content-encoding": "gzip",
        "idempotency-key": "k-1+1",
      },
      body: '{"id":"k-1"}\n{"id":"k-2"}\n',
    });
    await destination.close();
  });

  test("sends a batch again with the same key", async () => {
    const destination = create(receiver.url);
    receiver.answerWith(() => 500);
    await send(destination, batch);
    receiver.answerWith(() => 200);
    await send(destination, batch);
    expect(receiver.requests.map(({ headers }) => headers["idempotency-key"])).toEqual(["k-1+1", "k-1+1"]);
    await destination.close();
  });

  test("keeps its connection from batch to batch", async () => {
    const destination = create(receiver.url);
    for (let index = 0; index < 3; index += 1) await send(destination, batch);
    expect(receiver.requests.map(({ connection }) => connection)).toEqual([1, 1, 1]);
    await destination.close();
  });

  test.each([
    ["a freeze, which stops the monotonic clock", 2000, 0],
    ["a long idle time", 5000, 5000],
  ])("makes a new connection after %s", async (_what, wallMs, monotonicMs) => {
    let moved = { wallMs: 0, monotonicMs: 0 };
    const clock = {
      wallMs: () => timerClock.wallMs() + moved.wallMs,
      monotonicMs: () => timerClock.monotonicMs() + moved.monotonicMs,
    };
    const destination = createHttpDestination(
      { url: receiver.url, headers: {}, compression: "gzip", timeoutMs: 5000 },
      createHost(clock),
    );
    await send(destination, batch);
    moved = { wallMs, monotonicMs };
    await send(destination, batch, 20_000);
    expect(receiver.requests.map(({ connection }) => connection)).toEqual([1, 2]);
    await destination.close();
  });

  test("asks for another try on a reset, and names it", async () => {
    receiver.answerWith(() => "reset");
    const destination = create(receiver.url);
    expect(await send(destination, batch)).toEqual({ kind: "retry", cause: "ECONNRESET" });
    await destination.close();
  });

  test("stops when its time is over if no answer comes, and closes the socket", async () => {
    receiver.answerWith(() => "hang");
    const destination = create(receiver.url);
    expect(await send(destination, batch, 100)).toMatchObject({ kind: "retry" });
    await destination.close();
  });

  test("takes the status if the answer's body does not end, and drops that connection", async () => {
    receiver.answerWith(() => "endless");
    const destination = create(receiver.url, { timeoutMs: 50 });
    expect(await send(destination, batch)).toEqual({ kind: "sent" });
    expect(await send(destination, batch)).toEqual({ kind: "sent" });
    expect(receiver.requests.map(({ connection }) => connection)).toEqual([1, 2]);
    await receiver.connectionsClosed();
    await destination.close();
  });

  test("drops a connection whose answer is too long", async () => {
    receiver.answerWith(() => "flood");
    const destination = create(receiver.url, { timeoutMs: 60_000 });
    expect(await send(destination, batch)).toEqual({ kind: "sent" });
    await receiver.connectionsClosed();
    await destination.close();
  });

  test("asks for another try if the port has no listener", async () => {
    const url = new URL(receiver.url);
    await receiver.close();
    const destination = create(url);
    expect(await send(destination, batch)).toEqual({ kind: "retry", cause: "ECONNREFUSED" });
    await destination.close();
  });

  test("asks for another try if the answer is no HTTP", async () => {
    const server = createServer((socket) =>
      socket
        .on("error", () => {})
        .resume()
        .end("220 mail.example ESMTP\r\n"),
    );
    await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
    const destination = create(new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
    expect(await send(destination, batch)).toMatchObject({ kind: "retry" });
    await destination.close();
    await new Promise((resolve) => server.close(resolve));
  });

  test("has a name without path, query or credentials", () => {
    expect(create(new URL("https://user:secret@logs.example:8443/token-secret?key=secret")).name).toBe(
      "https://logs.example:8443",
    );
  });
});
