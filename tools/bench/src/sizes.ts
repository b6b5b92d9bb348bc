import { statSync } from "node:fs";
import { join } from "node:path";
import type { Gate } from "./section.ts";

const root = join(import.meta.dirname, "../../..");

/** A layer or bundle on disk. Units: bytes. */
export interface Size {
  readonly name: string;
  readonly bytes: number;
}

/** The zipped layers that `pnpm build` left. Errors: throws where one was not built. */
export function layerSizes(): readonly Size[] {
  return [
    { name: "logger, shared engine", bytes: bytesOf("packages/logger/dist/logger.zip") },
    { name: "cache-warmer, shared engine", bytes: bytesOf("packages/cache-warmer/dist/cache-warmer.zip") },
    { name: "hello, carried engine", bytes: bytesOf("examples/hello/layer/dist/hello-extension.zip") },
  ];
}

/** What the project promises of layers on the function's own Node.js, and of hello's bundle as it lies in its layer. */
export function sizeGates(): readonly Gate[] {
  const shared = layerSizes().filter(({ name }) => name.includes("shared"));
  const bundleBytes = bytesOf("examples/hello/layer/dist/layer/hello-extension/index.cjs");
  return [
    ...shared.map(({ name, bytes }) => ({ promise: `${name}, kB zipped`, value: bytes / 1000, limit: 150 })),
    { promise: "hello's bundle, kB", value: bundleBytes / 1000, limit: 31.4 },
  ];
}

/** A Markdown table of sizes in kB (1000 bytes). */
export function sizeTable(sizes: readonly Size[]): string {
  return [
    "| layer | zipped, kB |",
    "|---|--:|",
    ...sizes.map(({ name, bytes }) => `| ${name} | ${(bytes / 1000).toFixed(1)} |`),
  ].join("\n");
}

function bytesOf(path: string): number {
  return statSync(join(root, path)).size;
}
