import { describe, expect, test } from "vitest";
import { createGate } from "./gate.ts";

describe("a gate", () => {
  test("lets no reader through until it is opened", async () => {
    const gate = createGate({ isOpen: false });
    expect(await gate.opensWithin(0)).toBe(false);
    const waiting = gate.opensWithin(60_000);
    gate.open();
    expect(await waiting).toBe(true);
    expect(gate.isOpen).toBe(true);
  });

  test("holds no reader after it is opened", async () => {
    expect(await createGate({ isOpen: true }).opensWithin(0)).toBe(true);
  });
});
