import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { writeRecords } from "./write-records.ts";
import type { LayerRecord } from "./write-records.ts";

function record(name: string, region: string): LayerRecord {
  const arn = `arn:aws:lambda:${region}:123456789012:layer:${name}:3`;
  return {
    name,
    package: "@lambda-extension/logger",
    packageVersion: "1.2.3",
    region,
    architectures: ["x86_64", "arm64"],
    version: 3,
    arn,
    sha256: "00",
    bytes: 5,
  };
}

function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "records "));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

test("writes the records as they are, and a table sorted by layer and region", async () => {
  const folder = makeFolder();
  const records = [record("b", "us-east-1"), record("a", "us-east-1"), record("b", "eu-west-1")];
  expect(await writeRecords(folder, records)).toEqual([join(folder, "layers.json"), join(folder, "layers.md")]);
  expect(JSON.parse(readFileSync(join(folder, "layers.json"), "utf8"))).toEqual({ layers: records });
  expect(readFileSync(join(folder, "layers.md"), "utf8").split("\n").slice(2)).toEqual([
    "| `a` | @lambda-extension/logger@1.2.3 | x86_64, arm64 | us-east-1 | `arn:aws:lambda:us-east-1:123456789012:layer:a:3` |",
    "| `b` | @lambda-extension/logger@1.2.3 | x86_64, arm64 | eu-west-1 | `arn:aws:lambda:eu-west-1:123456789012:layer:b:3` |",
    "| `b` | @lambda-extension/logger@1.2.3 | x86_64, arm64 | us-east-1 | `arn:aws:lambda:us-east-1:123456789012:layer:b:3` |",
    "",
  ]);
});

test("if a file cannot be put into place, the older files stay", async () => {
  const folder = makeFolder();
  await writeRecords(folder, [record("a", "us-east-1")]);
  const before = readFileSync(join(folder, "layers.json"), "utf8");
  rmSync(join(folder, "layers.md"));
  mkdirSync(join(folder, "layers.md/in-the-way"), { recursive: true });
  await expect(writeRecords(folder, [record("b", "us-east-1")])).rejects.toThrow(/layers\.md/);
  expect(readdirSync(folder).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  expect(readFileSync(join(folder, "layers.json"), "utf8")).toBe(before);
});
