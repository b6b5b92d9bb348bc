import { expect, test } from "vitest";
import { createRepeatedDelivery, createTelemetryIntake } from "./intake.ts";

function gate() {
  let open = () => {};
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { open, opened };
}

test("consumes bodies in order, one at a time, and is idle afterwards", async () => {
  const seen: string[] = [];
  let running = 0;
  const intake = createTelemetryIntake(async (body) => {
    running += 1;
    expect(running).toBe(1);
    await Promise.resolve();
    seen.push(body.toString());
    running -= 1;
  });
  for (const text of ["a", "b", "c"]) intake.push(Buffer.from(text));
  await intake.idle();
  expect(seen).toEqual(["a", "b", "c"]);
});

test("has room until 16 MiB wait, and again when the consumer has caught up", async () => {
  const { open, opened } = gate();
  const intake = createTelemetryIntake(() => opened);
  intake.push(Buffer.alloc(16 * 1024 * 1024 - 1024));
  await intake.room();
  intake.push(Buffer.alloc(1));
  let hasRoom = false;
  const room = intake.room().then(() => (hasRoom = true));
  await Promise.resolve();
  expect(hasRoom).toBe(false);
  open();
  await room;
  expect(hasRoom).toBe(true);
});

test("has no room for millions of tiny bodies", async () => {
  const intake = createTelemetryIntake(() => new Promise(() => {}));
  for (let n = 0; n < 17_000; n++) intake.push(Buffer.alloc(1));
  expect(await Promise.race([intake.room().then(() => "room"), Promise.resolve("no room")])).toBe("no room");
});

test("knows a body that came before, also with others in between", () => {
  const isRepeated = createRepeatedDelivery();
  expect(["a", "b", "a", "ab", "b"].map((text) => isRepeated(Buffer.from(text)))).toEqual([
    false,
    false,
    true,
    false,
    true,
  ]);
});

test("knows the latest 16 bodies", () => {
  const isRepeated = createRepeatedDelivery();
  for (let n = 0; n < 17; n += 1) isRepeated(Buffer.from(`body ${n}`));
  expect(isRepeated(Buffer.from("body 1"))).toBe(true);
  expect(isRepeated(Buffer.from("body 0"))).toBe(false);
});

test("knows 2 MiB of bodies, and no body larger than that", () => {
  const isRepeated = createRepeatedDelivery();
  const half = (fill: number) => Buffer.alloc(1024 * 1024, fill);
  const seen = [half(1), half(2), half(2), half(3), half(2), half(1)].map((body) => isRepeated(body));
  expect(seen).toEqual([false, false, true, false, true, false]);
  const huge = Buffer.alloc(3 * 1024 * 1024);
  expect([isRepeated(huge), isRepeated(huge)]).toEqual([false, false]);
});
