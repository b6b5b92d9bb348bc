import { Socket } from "node:net";
import { expect, test } from "vitest";
import { createConnections } from "./connections.ts";

function open(count: number, limits = { maxConnections: 4, maxHeldBytes: 100 }) {
  let closed = 0;
  const connections = createConnections(limits, () => (closed += 1));
  const sockets = Array.from({ length: count }, () => new Socket());
  for (const socket of sockets) connections.add(socket);
  const hold = (index: number, bytes: number): void => {
    const socket = sockets[index];
    if (socket !== undefined) connections.hold(socket, bytes);
  };
  const left = () => sockets.flatMap(({ destroyed }, index) => (destroyed ? [] : [index]));
  return { connections, sockets, hold, left, closed: () => closed };
}

test("past the number it closes the quietest, but not the one that has been open the longest", () => {
  expect(open(4).left()).toEqual([0, 1, 2, 3]);
  expect(open(7).left()).toEqual([0, 4, 5, 6]);
});

test("a connection that sent bytes is not the quietest", () => {
  const { connections, hold, left } = open(4);
  hold(1, 0);
  connections.add(new Socket());
  expect(left()).toEqual([0, 1, 3]);
});

test("past the bytes it closes the quietest that hold some, until the rest fits", () => {
  const { hold, left, closed } = open(4);
  hold(0, 40);
  hold(1, 30);
  hold(3, 30);
  expect(left()).toEqual([0, 1, 2, 3]);
  hold(2, 10);
  expect(left()).toEqual([0, 2, 3]);
  hold(2, 50);
  expect(left()).toEqual([0, 2]);
  expect(closed()).toBe(2);
});

test("bytes that were passed on, or whose connection is gone, do not count", async () => {
  const { hold, left } = open(4);
  hold(1, 60);
  hold(1, 0);
  hold(2, 100);
  expect(left()).toEqual([0, 1, 2, 3]);
  hold(3, 1);
  hold(2, 100);
  hold(3, 100);
  expect(left()).toEqual([0, 1, 3]);
});

test("when the one that has been open the longest has gone, the next one stays", async () => {
  const { connections, sockets, left } = open(4);
  sockets[0]?.destroy();
  await new Promise(setImmediate);
  for (const more of [new Socket(), new Socket()]) connections.add(more);
  expect(left()).toEqual([1, 3]);
});
