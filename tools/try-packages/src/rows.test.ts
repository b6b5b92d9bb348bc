import { readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { uses } from "./project.ts";
import { rows } from "./rows.ts";

test("has thirty uses, and no use without a row", () => {
  const programs = readdirSync(uses).filter((file) => file.endsWith(".ts") && file !== "listening.ts");
  const used = new Set(rows.map(({ name, use = name }) => `${use}.ts`));
  expect([...used].sort()).toEqual(programs.sort());
  expect(used.size).toBe(30);
});

test.each(rows)("$name is pinned", ({ packages, beside = {} }) => {
  for (const version of Object.values({ ...packages, ...beside })) expect(version).toMatch(/^\d+\.\d+\.\d+$/);
});

test.each(rows.filter(({ expected, settings }) => expected ?? settings))(
  "$name says what a reader must know",
  ({ note }) => {
    expect(note).toBeTruthy();
  },
);
