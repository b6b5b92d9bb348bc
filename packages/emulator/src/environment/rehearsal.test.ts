import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { knock, rehearse } from "./rehearsal.ts";

async function listen(seen: string[]) {
  const server = createServer((request, response) => {
    seen.push(`${request.method} ${request.url} ${String(request.headers["x-what"])}`);
    response.end("an answer that is thrown away".repeat(10_000));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { address, close: () => new Promise((resolve) => server.close(resolve)) };
}

test("knocks once, and leaves no connection behind", async () => {
  const seen: string[] = [];
  const server = await listen(seen);
  await knock(`http://${server.address}/door`, { method: "POST", headers: { "X-What": "dry run" } });
  // Resolves only when every connection has ended.
  await server.close();
  expect(seen).toEqual(["POST /door dry run"]);
});

test("resolves if no server answers", async () => {
  const server = await listen([]);
  await server.close();
  await expect(knock(`http://${server.address}/door`)).resolves.toBeUndefined();
});

test("rehearses a call of the Runtime API and a process inside", async () => {
  const seen: string[] = [];
  const entered: (readonly string[])[] = [];
  const server = await listen(seen);
  const enter = (argv: readonly string[]): readonly string[] => {
    entered.push(argv);
    return argv;
  };
  await rehearse({ enter }, server.address);
  await server.close();
  expect(seen).toEqual(["GET /2018-06-01/ping undefined"]);
  expect(entered).toHaveLength(1);
});

test("resolves if a process cannot be started", async () => {
  const server = await listen([]);
  await expect(rehearse({ enter: () => ["/nowhere/at/all"] }, server.address)).resolves.toBeUndefined();
  await server.close();
});
