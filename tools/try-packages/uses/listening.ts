import { once } from "node:events";
import type { AddressInfo, Server } from "node:net";

/** Lets a server, TCP or HTTP, listen for the package on 127.0.0.1. Returns its port. It ends with the process. */
export async function listening(server: Server): Promise<number> {
  await once(server.listen(0, "127.0.0.1"), "listening");
  return (server.address() as AddressInfo).port;
}
