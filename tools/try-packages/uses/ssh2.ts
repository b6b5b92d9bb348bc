import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import ssh2 from "ssh2";
import { listening } from "./listening.ts";

/** Logs in to its own server and runs a command there. */
export async function use(): Promise<void> {
  // Not ssh2's own generator: one of 300 of its keys loses a leading zero, and ssh2 cannot read that key.
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const hostKey = privateKey.export({ type: "pkcs1", format: "pem" });
  const server = new ssh2.Server({ hostKeys: [hostKey] }, (connection) => {
    connection.on("authentication", (login) => login.accept());
    connection.on("session", (accept) => {
      accept().on("exec", (acceptExec, _, { command }) => {
        const stream = acceptExec();
        stream.write(`ran ${command}`);
        stream.exit(0);
        stream.end();
      });
    });
  });
  const client = new ssh2.Client();
  client.connect({ host: "127.0.0.1", port: await listening(server), username: "me", password: "mine" });
  await once(client, "ready");
  const output = await new Promise((resolve) => {
    client.exec("a command", (_, stream) => stream.on("data", (data) => resolve(String(data))));
  });
  assert.equal(output, "ran a command");
  client.end();
}
