import assert from "node:assert/strict";
import { join } from "node:path";
import { promisify } from "node:util";
import grpc from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";

/** Loads a .proto file, and calls its own server. */
export async function use(): Promise<void> {
  const { Names } = grpc.loadPackageDefinition(loadSync(join(import.meta.dirname, "names.proto")));
  const server = new grpc.Server();
  server.addService(Names.service, { find: ({ request }, answer) => answer(null, { name: `found ${request.name}` }) });
  const bind = promisify(server.bindAsync.bind(server));
  const port = await bind("127.0.0.1:0", grpc.ServerCredentials.createInsecure());
  const client = new Names(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
  assert.deepEqual(await promisify(client.find.bind(client))({ name: "value" }), { name: "found value" });
  client.close();
  server.forceShutdown();
}
