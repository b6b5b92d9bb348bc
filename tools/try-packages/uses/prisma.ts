import assert from "node:assert/strict";
import { PrismaPg } from "@prisma/adapter-pg";
import { PrismaClient } from "./client/client.ts";

/** Finds no PostgreSQL at a closed port. */
export async function use(): Promise<void> {
  const adapter = new PrismaPg({ host: "127.0.0.1", port: 1 });
  const client = new PrismaClient({ adapter });
  await assert.rejects(client.name.findMany(), /ECONNREFUSED|reach database server/);
  await client.$disconnect();
}
