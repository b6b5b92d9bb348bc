import assert from "node:assert/strict";
import { createServer } from "node:http";
import { trace } from "@opentelemetry/api";
import { OTLPTraceExporter as GrpcExporter } from "@opentelemetry/exporter-trace-otlp-grpc";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { NodeSDK } from "@opentelemetry/sdk-node";
import { listening } from "./listening.ts";

/** Exports a span to an HTTP server. */
export async function use(): Promise<void> {
  const bodies: Buffer[] = [];
  const server = createServer((request, response) => {
    request.on("data", (chunk) => bodies.push(chunk)).on("end", () => response.end());
  });
  const url = `http://127.0.0.1:${await listening(server)}/v1/traces`;
  const sdk = new NodeSDK({ traceExporter: new OTLPTraceExporter({ url }), serviceName: "mine" });
  sdk.start();
  trace.getTracer("mine").startSpan("a span").end();
  await sdk.shutdown();
  assert.match(Buffer.concat(bodies).toString("latin1"), /a span/);
  await new GrpcExporter({ url: "http://127.0.0.1:1" }).shutdown();
}
