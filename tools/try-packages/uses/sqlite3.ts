import assert from "node:assert/strict";
import { promisify } from "node:util";
import sqlite3 from "sqlite3";

/** Asks a database in memory. */
export async function use(): Promise<void> {
  const database = new sqlite3.Database(":memory:");
  assert.deepEqual(await promisify(database.all.bind(database))("SELECT 'value' AS name"), [{ name: "value" }]);
  await promisify(database.close.bind(database))();
}
