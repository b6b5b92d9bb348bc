import { expect, test } from "vitest";
import { choice, flag, wholeNumber } from "./kinds.ts";
import { toSettingsTable } from "./settings-table.ts";

test("writes one row a setting, in the order of the schema", () => {
  const schema = {
    max: { name: "MAX", kind: wholeNumber({ min: 1, max: 9 }), default: "5" },
    kind: { name: "KIND", kind: choice(["a", "b"]) },
    loud: { name: "LOUD", kind: flag, default: "" },
  };
  const table = toSettingsTable(schema, { loud: "Loud", kind: "Which", max: "Most | least" });
  expect(table.split("\n")).toEqual([
    "| variable | meaning | default | range |",
    "|---|---|---|---|",
    "| `MAX` | Most \\| least | `5` | a whole number from 1 to 9 |",
    '| `KIND` | Which | none | "a" or "b" |',
    "| `LOUD` | Loud | none | TRUE or FALSE |",
  ]);
});
