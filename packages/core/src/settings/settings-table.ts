import type { SettingsSchema } from "./read-settings.ts";

/** What each setting of a schema means, for its documentation; a bundle does not carry it. */
export type Meanings<Schema extends SettingsSchema> = { readonly [Key in keyof Schema]: string };

/**
 * The Markdown table of a schema for the documentation, `variable | meaning | default | range`, one row a setting. Hold
 * a README against it in a test.
 */
export function toSettingsTable<Schema extends SettingsSchema>(schema: Schema, meanings: Meanings<Schema>): string {
  const rows = Object.entries(schema).map(([key, { name, default: usual = "", kind }]) => [
    `\`${name}\``,
    meanings[key] ?? "",
    usual === "" ? "none" : `\`${usual}\``,
    kind.range,
  ]);
  return [
    "| variable | meaning | default | range |",
    "|---|---|---|---|",
    ...rows.map((cells) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`),
  ].join("\n");
}
