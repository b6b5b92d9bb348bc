import { statSync } from "node:fs";
import { join } from "node:path";
import { table } from "./report.ts";
import type { Gate, Section } from "./section.ts";

const root = join(import.meta.dirname, "../../..");

/** The zipped layers that `pnpm build` left. */
const layers = {
  "logger, shared engine": "packages/logger/dist/logger.zip",
  "cache-warmer, shared engine": "packages/cache-warmer/dist/cache-warmer.zip",
  "hello, carried engine": "examples/hello/layer/dist/hello-extension.zip",
};

/** The sizes of the built layers. Errors: rejects if one was not built. */
export const sizes: Section = {
  name: "sizes",
  async run() {
    const rows = Object.entries(layers).map(([name, path]) => [name, kilobytesOf(path).toFixed(1)]);
    return { markdown: table(["layer", "zipped, kB"], rows), gates: sizeGates() };
  },
};

/** The project's promises about layers on the function's own Node.js, and about hello's bundle in its layer. */
export function sizeGates(): readonly Gate[] {
  const shared = Object.entries(layers).filter(([name]) => name.includes("shared"));
  const bundle = "examples/hello/layer/dist/layer/hello-extension/index.cjs";
  return [
    ...shared.map(([name, path]) => ({ promise: `${name}, kB zipped`, value: kilobytesOf(path), limit: 150 })),
    { promise: "hello's bundle, kB", value: kilobytesOf(bundle), limit: 34 },
  ];
}

/** Units: 1000 bytes. */
function kilobytesOf(path: string): number {
  return statSync(join(root, path)).size / 1000;
}
