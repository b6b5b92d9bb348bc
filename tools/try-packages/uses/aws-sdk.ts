import assert from "node:assert/strict";
import { createServer } from "node:http";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { ListBucketsCommand, S3Client } from "@aws-sdk/client-s3";
import { DynamoDBDocumentClient, GetCommand } from "@aws-sdk/lib-dynamodb";
import { listening } from "./listening.ts";

/** Calls S3 and DynamoDB on a server that has one answer for each. */
export async function use(): Promise<void> {
  const server = createServer((request, response) => {
    const isDynamo = request.headers["x-amz-target"] !== undefined;
    response.end(
      isDynamo ? '{"Item":{"name":{"S":"value"}}}' : "<R><Buckets><Bucket><Name>b</Name></Bucket></Buckets></R>",
    );
  });
  const endpoint = `http://127.0.0.1:${await listening(server)}`;
  const options = { endpoint, region: "us-east-1", credentials: { accessKeyId: "a", secretAccessKey: "b" } };
  const { Buckets } = await new S3Client(options).send(new ListBucketsCommand());
  assert.deepEqual(Buckets, [{ Name: "b" }]);
  const dynamo = DynamoDBDocumentClient.from(new DynamoDBClient(options));
  const { Item } = await dynamo.send(new GetCommand({ TableName: "names", Key: { id: 1 } }));
  assert.deepEqual(Item, { name: "value" });
}
