import { existsSync } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { toSettingsTable } from "@lambda-extension/core/settings";
import { describe, expect, test } from "vitest";
import { parseConfig } from "../src/config/parse-config.ts";
import { meanings, schema } from "../src/config/schema.ts";

const read = (path: string): Promise<string> => readFile(new URL(path, import.meta.url), "utf8");

/** The table under the heading, without what follows it. */
function tableUnder(heading: string, text: string): string {
  const section = text.slice(text.indexOf(heading));
  return section.slice(section.indexOf("|")).split("\n\n")[0]?.trimEnd() ?? "";
}

describe("the documentation", () => {
  test("shows every setting in the README as it is in the schema", async () => {
    expect(tableUnder("## Options", await read("../README.md"))).toBe(toSettingsTable(schema, meanings));
  });

  test("gives an example that the logger takes", async () => {
    const readme = await read("../README.md");
    const variables = [...readme.matchAll(/^ +(LOGGER_[A-Z_]+): (.+)$/gm)].map(([, name = "", value = ""]) => [
      name,
      value.replaceAll(/^['"]|['"]$/g, ""),
    ]);
    expect(variables.length).toBeGreaterThan(1);
    expect(parseConfig(Object.fromEntries(variables))).toMatchObject({ kind: "settings" });
  });

  test("promises no more than the built zip keeps: at most 150 kB", async () => {
    const zip = new URL("../dist/logger.zip", import.meta.url);
    expect(existsSync(zip), 'there is no dist/logger.zip: run "pnpm build" first').toBe(true);
    expect((await stat(zip)).size).toBeLessThan(150_000);
  });
});
