import { expect, test } from "vitest";
import { createTelemetryIntake } from "./intake.ts";

function gate() {
  let open = () => {};
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { open, opened };
}

test("consumes in order, one at a time, and is idle afterwards", async () => {
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
  intake.push(Buffer.alloc(16 * 1024 * 1024));
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
