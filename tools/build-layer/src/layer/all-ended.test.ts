import { setImmediate } from "node:timers/promises";
import { expect, test } from "vitest";
import { allEnded } from "./all-ended.ts";

test("gives what each gave", async () => {
  expect(await allEnded([Promise.resolve(1), Promise.resolve("b")])).toEqual([1, "b"]);
});

test("rejects when the last one has ended, not when the first one failed", async () => {
  const log: string[] = [];
  const slow = setImmediate()
    .then(() => setImmediate())
    .then(() => log.push("slow ended"));
  const failed = allEnded([Promise.reject(new Error("budget")), slow]).catch((error: unknown) =>
    log.push(String(error)),
  );
  await failed;
  expect(log).toEqual(["slow ended", "Error: budget"]);
});
