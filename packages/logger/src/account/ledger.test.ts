import { expect, test } from "vitest";
import { Ledger } from "./ledger.ts";

test("accounts for every line in one line", () => {
  const ledger = new Ledger();
  ledger.receive(10);
  ledger.deliver(4);
  ledger.drop("overflow", 2);
  ledger.drop("rejected", 1);
  ledger.drop("overflow", 1);
  expect(ledger.toLine(2)).toBe("account: 10 received = 4 delivered + 4 dropped (overflow 3, rejected 1) + 2 pending");
});

test("leaves out reasons that did not happen", () => {
  const ledger = new Ledger();
  ledger.drop("overflow", 0);
  expect(ledger.toLine(0)).toBe("account: 0 received = 0 delivered + 0 dropped + 0 pending");
});

test("shows what the platform dropped and what was malformed beside the sum", () => {
  const ledger = new Ledger();
  ledger.receive(1);
  ledger.deliver(1);
  ledger.markMalformed(1);
  ledger.loseBefore(30);
  expect(ledger.toLine(0)).toBe(
    "account: 1 received = 1 delivered + 0 dropped + 0 pending; malformed 1; dropped by the platform before they came here: 30",
  );
});

test("reports a line that is unaccounted for", () => {
  const ledger = new Ledger();
  ledger.receive(3);
  expect(ledger.toLine(1)).toContain("BUG: 2 unaccounted for");
});
