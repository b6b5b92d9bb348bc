import assert from "node:assert/strict";
import Database from "better-sqlite3";

/** Asks a database in memory. */
export async function use(): Promise<void> {
  const database = new Database(":memory:");
  database.exec("CREATE TABLE names (name); INSERT INTO names VALUES ('value')");
  assert.deepEqual(database.prepare("SELECT name FROM names").all(), [{ name: "value" }]);
  database.close();
}
