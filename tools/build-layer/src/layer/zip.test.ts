import { crc32, inflateRawSync, deflateRawSync } from "node:zlib";
import { unzipSync } from "fflate";
import { expect, test } from "vitest";
import { fromBufferPromise } from "yauzl";
import type { Entry } from "yauzl";
import type { LayerFile } from "./layer-file.ts";
import { toZip } from "./zip.ts";

const text = (value: string): LayerFile["content"] => ({ kind: "bytes", bytes: new TextEncoder().encode(value) });
const files: readonly LayerFile[] = [
  { path: "x/index.cjs", mode: 0o644, content: text("x".repeat(1000)) },
  { path: "extensions/x", mode: 0o755, content: text("#!/bin/bash") },
];

async function entriesOf(zipBytes: Buffer): Promise<readonly Entry[]> {
  const zip = await fromBufferPromise(zipBytes);
  const entries: Entry[] = [];
  for await (const entry of zip.eachEntry()) entries.push(entry);
  return entries;
}

test("keeps contents, modes and nothing of the machine", async () => {
  const bytes = Buffer.concat(await toZip(files));
  const entries = await entriesOf(bytes);
  expect(
    entries.map(({ fileName, externalFileAttributes }) => [fileName, (externalFileAttributes >>> 16).toString(8)]),
  ).toEqual([
    ["extensions/x", "100755"],
    ["x/index.cjs", "100644"],
  ]);
  expect(
    entries.map(({ lastModFileDate, lastModFileTime, extraFieldLength }) => [
      lastModFileDate,
      lastModFileTime,
      extraFieldLength,
    ]),
  ).toEqual([
    [33, 0, 0],
    [33, 0, 0],
  ]);
  expect(new TextDecoder().decode(unzipSync(bytes)["x/index.cjs"])).toBe("x".repeat(1000));
});

test("gives the same bytes whatever the order of the files", async () => {
  expect(await toZip(files)).toEqual(await toZip(files.toReversed()));
});

test("takes a large file in the compressed form that is at hand", async () => {
  const content = Buffer.from("a runtime".repeat(100));
  const deflated = { bytes: deflateRawSync(content), crc: crc32(content) };
  const file: LayerFile = {
    path: "x/bin/node",
    mode: 0o755,
    content: {
      kind: "file",
      path: "/nowhere",
      size: content.length,
      modified: new Date(0),
      copyTo: () => Promise.reject(new Error("not for a zip")),
      verified: () => Promise.reject(new Error("not for a zip")),
      deflated: async () => deflated,
    },
  };
  const [entry] = await entriesOf(Buffer.concat(await toZip([file])));
  expect(entry).toMatchObject({
    uncompressedSize: content.length,
    compressedSize: deflated.bytes.length,
    crc32: deflated.crc,
  });
  expect(inflateRawSync(deflated.bytes)).toEqual(content);
});
