import { expect, test } from "vitest";
import { createLineIds } from "./line-ids.ts";

test("counts up after a prefix of the environment", () => {
  const ids = createLineIds(() => 0.5);
  expect([ids.next(), ids.next()]).toEqual(["iiiiiiii-1", "iiiiiiii-2"]);
});

test("takes a new prefix after a restore: the environments share the old one", () => {
  let value = 0;
  const ids = createLineIds(() => (value = (value + 0.37) % 1));
  const before = ids.next();
  ids.renew();
  expect(ids.next().split("-")[0]).not.toBe(before.split("-")[0]);
});
