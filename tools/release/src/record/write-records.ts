import { rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { LayerRecord } from "./layer-record.ts";
import { toLayersTable } from "./layers-table.ts";

/** Writes layers.md and layers.json into a folder, each moved into place when it is complete; returns their paths. */
export async function writeRecords(folder: string, records: readonly LayerRecord[]): Promise<readonly string[]> {
  const table = join(folder, "layers.md");
  const json = join(folder, "layers.json");
  await writeAside(table, toLayersTable(records));
  // Last: whoever finds it finds the table too.
  await writeAside(json, `${JSON.stringify({ layers: records }, undefined, 2)}\n`);
  return [json, table];
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
