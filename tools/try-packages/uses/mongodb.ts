import assert from "node:assert/strict";
import { BSON, MongoClient, MongoServerSelectionError } from "mongodb";

/** Finds no server at a closed port. */
export async function use(): Promise<void> {
  assert.deepEqual(BSON.deserialize(BSON.serialize({ name: "value" })), { name: "value" });
  const client = new MongoClient("mongodb://127.0.0.1:1", { serverSelectionTimeoutMS: 500 });
  await assert.rejects(client.db("mine").collection("names").findOne({}), (error) => {
    return error instanceof MongoServerSelectionError && error.message.includes("ECONNREFUSED");
  });
  await client.close();
}
