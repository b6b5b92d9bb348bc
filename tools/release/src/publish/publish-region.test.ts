import { expect, test } from "vitest";
import { createMemoryRegion, makeLayer } from "../../test/memory-region.ts";
import type { PublishedLayer } from "../layers/published-layers.ts";
import { publishRegion } from "./publish-region.ts";
import type { RegionLayers, RegionRequest, RegionResult } from "./publish-region.ts";

function publish(
  region: RegionLayers,
  layers: readonly PublishedLayer[],
  request: Partial<RegionRequest> = {},
): Promise<RegionResult> {
  return publishRegion(
    { region: "eu-west-1", layers, isPublic: false, isDryRun: false, report: () => {}, ...request },
    region,
  );
}

test("publishes new layers, and nothing the second time", async () => {
  const region = createMemoryRegion();
  const layers = [makeLayer("a", "1"), makeLayer("b", "2")];
  const lines: string[] = [];
  const first = await publish(region, layers, { report: (line) => lines.push(line) });
  const second = await publish(region, layers, { report: (line) => lines.push(line) });
  expect(second).toEqual(first);
  expect(region.published.map(({ arn }) => arn)).toEqual(["arn:a:1", "arn:b:1"]);
  expect(lines).toEqual([
    "eu-west-1  a  published version 1 (1.5 kB)",
    "eu-west-1  b  published version 1 (1.5 kB)",
    "eu-west-1  a  unchanged, version 1",
    "eu-west-1  b  unchanged, version 1",
  ]);
});

test("makes a new version of a layer that changed, also back to older bytes", async () => {
  const region = createMemoryRegion();
  for (const sha256 of ["1", "2", "1"]) await publish(region, [makeLayer("a", sha256)]);
  expect(region.published.map(({ sha256 }) => sha256)).toEqual(["1", "2", "1"]);
});

test("records unchanged bytes under the release that published them", async () => {
  const region = createMemoryRegion();
  await publish(region, [makeLayer("a", "1", "1.0.0")]);
  const result = await publish(region, [makeLayer("a", "1", "1.1.0")]);
  expect(result).toMatchObject({
    kind: "done",
    records: [{ packageVersion: "1.0.0", version: 1, bytes: 1500, region: "eu-west-1" }],
  });
});

test("fails where Lambda has other bytes than were checked, and does not make them public", async () => {
  const region = createMemoryRegion();
  const changed: RegionLayers = {
    ...region,
    publish: (layer) => region.publish({ ...layer, zip: { ...layer.zip, sha256: "2" } }),
  };
  const result = await publish(changed, [makeLayer("a", "1")], { isPublic: true });
  expect(result).toMatchObject({ kind: "failed", layer: "a" });
  expect(result.kind === "failed" && String(result.cause)).toMatch(
    /^Error: version 1 has SHA-256 2, and \/nowhere\.zip had 1 when it was checked: delete that version/,
  );
  expect([...region.open]).toEqual([]);
});

test("stops at the first failure, and goes on from there the next time", async () => {
  const refused = new Set(["b"]);
  const region = createMemoryRegion(refused);
  const layers = ["a", "b", "c"].map((name) => makeLayer(name, name));
  expect(await publish(region, layers)).toMatchObject({
    kind: "failed",
    region: "eu-west-1",
    layer: "b",
    cause: new Error("b is refused"),
  });
  refused.clear();
  expect(await publish(region, layers)).toMatchObject({
    kind: "done",
    records: [{ name: "a" }, { name: "b" }, { name: "c" }],
  });
  expect(region.published.map(({ arn }) => arn)).toEqual(["arn:a:1", "arn:b:1", "arn:c:1"]);
});

test("makes public also a layer that a failed run left private", async () => {
  const region = createMemoryRegion();
  await publish(region, [makeLayer("a", "1")]);
  expect([...region.open]).toEqual([]);
  await publish(region, [makeLayer("a", "1")], { isPublic: true });
  expect([...region.open]).toEqual(["a:1"]);
});

test("a dry run reads and does not write", async () => {
  const region = createMemoryRegion();
  await publish(region, [makeLayer("a", "1")]);
  const lines: string[] = [];
  const layers = [makeLayer("a", "1"), makeLayer("b", "2"), makeLayer("a", "3")];
  const result = await publish(region, layers, { isDryRun: true, isPublic: true, report: (line) => lines.push(line) });
  expect(result).toEqual({ kind: "done", region: "eu-west-1", records: [] });
  expect(lines.map((line) => line.slice(11))).toEqual([
    "a  unchanged, version 1",
    "b  would become version 1 (1.5 kB)",
    "a  would become version 2 (1.5 kB)",
  ]);
  expect(region.published).toHaveLength(1);
  expect([...region.open]).toEqual([]);
});
