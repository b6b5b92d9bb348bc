import { once } from "node:events";
import { createServer } from "node:net";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { makeTestFolder } from "../test/fake-program.ts";
import { isContainerEngineThere } from "./container-engine.ts";

async function listen(place: string | number): Promise<number> {
  const server = createServer((socket) => socket.end());
  onTestFinished(() => void server.close());
  server.listen(typeof place === "number" ? { host: "127.0.0.1", port: place } : { path: place });
  await once(server, "listening");
  const address = server.address();
  return address === null || typeof address === "string" ? 0 : address.port;
}

test("finds an engine at a socket and at a port of DOCKER_HOST", async () => {
  const socket = join(makeTestFolder(), "docker.sock");
  await listen(socket);
  expect(await isContainerEngineThere({ DOCKER_HOST: `unix://${socket}` })).toBe(true);
  expect(await isContainerEngineThere({ DOCKER_HOST: `tcp://127.0.0.1:${await listen(0)}` })).toBe(true);
});

test("finds no engine if nothing listens", async () => {
  expect(await isContainerEngineThere({ DOCKER_HOST: `unix://${join(makeTestFolder(), "docker.sock")}` })).toBe(false);
});

test("takes a host that it cannot try for an engine", async () => {
  expect(await isContainerEngineThere({ DOCKER_HOST: "ssh://user@example.com" })).toBe(true);
});
