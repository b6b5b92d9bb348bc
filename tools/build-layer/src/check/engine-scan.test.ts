import { createHash } from "node:crypto";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { startEngineScan } from "./engine-scan.ts";
import type { ScannedEngine } from "./engine-scan.ts";

function scan(path: string, chunks: readonly Uint8Array[]): ScannedEngine | undefined {
  const started = startEngineScan(path);
  for (const chunk of chunks) started?.push(chunk);
  return started?.end();
}

const noise = "Bun v is fast; node.js/vm; node.js/v1; ".repeat(3);
const contents = {
  "x/bin/node": { text: `${noise}\0node.js/v24.21.0\0${noise}`, runtime: "node", version: "24.21.0" },
  "bin/bun": { text: `${noise}\0Bun v1.4.5 (Linux x64)\0${noise}`, runtime: "bun", version: "1.4.5" },
  "y/bin/node": { text: noise, runtime: "node", version: undefined },
} as const;

test("finds version and hash, wherever the pieces end", () => {
  const paths = fc.constantFrom("x/bin/node", "bin/bun", "y/bin/node");
  fc.assert(
    fc.property(paths, fc.array(fc.integer({ min: 1, max: 60 })), (path, sizes) => {
      const { text, runtime, version } = contents[path];
      const bytes = Buffer.from(text);
      const chunks: Buffer[] = [];
      let at = 0;
      for (const size of sizes) chunks.push(bytes.subarray(at, (at += size)));
      chunks.push(bytes.subarray(at));
      const sha256 = createHash("sha256").update(bytes).digest("hex");
      expect(scan(path, chunks)).toEqual({ runtime, version, sha256 });
    }),
  );
});

test.each(["bin/node.txt", "x/node", "x/bin/nodejs", "x/bin/node/README"])("does not scan %s", (path) => {
  expect(startEngineScan(path)).toBeUndefined();
});
