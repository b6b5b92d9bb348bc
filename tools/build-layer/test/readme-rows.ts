import { readFileSync } from "node:fs";

/** A row of the README's table of settings; cells are Markdown. */
export interface SettingRow {
  readonly values: string;
  readonly fallback: string;
  readonly meaning: string;
}

/** The README of build-layer. */
export const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");

/** The README's table of settings, by name, in order. */
export const settingRows: ReadonlyMap<string, SettingRow> = new Map(
  [...readme.matchAll(/^\| `(\w+)` \| (.*?) \| (.*?) \| (.*) \|$/gm)].map(
    ([, name = "", values = "", fallback = "", meaning = ""]) => [name, { values, fallback, meaning }],
  ),
);
