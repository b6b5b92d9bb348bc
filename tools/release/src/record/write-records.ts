import { rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { PublishedLayer } from "../layers/published-layers.ts";

/** One entry of layers.json: a layer version in a region, and what it was made from. */
export interface LayerRecord extends Pick<PublishedLayer, "name" | "package" | "packageVersion" | "architectures"> {
  readonly region: string;
  readonly arn: string;
  /** Each region counts its versions by itself. */
  readonly version: number;
  /** SHA-256 of the zip, as hexadecimal digits. */
  readonly sha256: string;
  /** The size of the zip. */
  readonly bytes: number;
}

/** Writes layers.md and layers.json into a folder, each moved into place when it is complete. Returns their paths. */
export async function writeRecords(folder: string, records: readonly LayerRecord[]): Promise<readonly string[]> {
  const table = join(folder, "layers.md");
  const json = join(folder, "layers.json");
  await writeAside(table, toLayersTable(records));
  // Last: if layers.json is there, the table is there too.
  await writeAside(json, `${JSON.stringify({ layers: records }, undefined, 2)}\n`);
  return [json, table];
}

/** The table for release notes, in Markdown: one row for each ARN, sorted by layer, then region. */
function toLayersTable(records: readonly LayerRecord[]): string {
  const rows = records
    .toSorted((a, b) => compare(a.name, b.name) || compare(a.region, b.region))
    .map(
      ({ name, package: source, packageVersion, architectures, region, arn }) =>
        `| \`${name}\` | ${source}@${packageVersion} | ${architectures.join(", ")} | ${region} | \`${arn}\` |`,
    );
  return ["| layer | made from | architecture | region | ARN |", "|---|---|---|---|---|", ...rows, ""].join("\n");
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

async function writeAside(path: string, text: string): Promise<void> {
  const aside = `${path}.${process.pid}.tmp`;
  try {
    await writeFile(aside, text);
    await rename(aside, path);
  } finally {
    await rm(aside, { force: true });
  }
}
