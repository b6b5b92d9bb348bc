import assert from "node:assert/strict";
import mysql from "mysql2";
import { createConnection } from "mysql2/promise";
import { listening } from "./listening.ts";

const names = { catalog: "def", schema: "", table: "", orgTable: "", name: "name", orgName: "name" };
const column = { ...names, characterSet: 33, columnLength: 20, columnType: 253, flags: 0, decimals: 0 };

/** Asks the package's own server. */
export async function use(): Promise<void> {
  const server = mysql.createServer();
  server.on("connection", (connection) => {
    connection.serverHandshake({
      protocolVersion: 10,
      serverVersion: "8.0.0",
      connectionId: 1,
      statusFlags: 2,
      characterSet: 8,
      capabilityFlags: 0xffffff ^ 2048,
    });
    connection.on("query", () => {
      connection.sequenceId = 1;
      connection.writeTextResult([{ name: "value" }], [column]);
    });
  });
  const connection = await createConnection({ host: "127.0.0.1", port: await listening(server._server) });
  const [rows] = await connection.query("SELECT name FROM names");
  assert.equal(rows[0].name, "value");
  connection.destroy();
}
