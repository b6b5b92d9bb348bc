import { expect, test } from "vitest";
import { createRepeatedDelivery } from "./repeated-delivery.ts";

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

test("remembers the latest 16", () => {
  const isRepeated = createRepeatedDelivery();
  for (let n = 0; n < 17; n += 1) isRepeated(Buffer.from(`body ${n}`));
  expect(isRepeated(Buffer.from("body 1"))).toBe(true);
  expect(isRepeated(Buffer.from("body 0"))).toBe(false);
});

test("remembers 2 MiB, and no body larger than that", () => {
  const isRepeated = createRepeatedDelivery();
  const half = (fill: number) => Buffer.alloc(1024 * 1024, fill);
  const seen = [half(1), half(2), half(2), half(3), half(2), half(1)].map((body) => isRepeated(body));
  expect(seen).toEqual([false, false, true, false, true, false]);
  const huge = Buffer.alloc(3 * 1024 * 1024);
  expect([isRepeated(huge), isRepeated(huge)]).toEqual([false, false]);
});
