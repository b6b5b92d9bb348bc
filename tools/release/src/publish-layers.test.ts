import { expect, test } from "vitest";
import { makeLayer } from "../test/memory-region.ts";
import { checkZipSizes } from "./publish-layers.ts";

test("a zip over 50 MiB needs a bucket", () => {
  const small = makeLayer("small", "1");
  const large = { ...makeLayer("large", "1"), zip: { path: "", sha256: "", bytes: 52_428_801 } };
  expect(checkZipSizes([small, large], undefined)).toEqual([
    "large: expected at most 52428800 bytes without --bucket, got a zip of 52428801; name an S3 bucket of the region",
  ]);
  expect(checkZipSizes([small, large], "zips")).toEqual([]);
});
