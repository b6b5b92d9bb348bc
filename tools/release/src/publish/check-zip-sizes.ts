import type { PublishedLayer } from "../layers/published-layers.ts";

/** What Lambda takes in a request. Source: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const maxDirectBytes = 50 * 1024 * 1024;

/** One problem for each layer that is too large to be sent without a bucket. */
export function checkZipSizes(layers: readonly PublishedLayer[], bucket: string | undefined): readonly string[] {
  if (bucket !== undefined) return [];
  return layers
    .filter(({ zip }) => zip.bytes > maxDirectBytes)
    .map(
      ({ name, zip }) =>
        `${name}: expected at most ${maxDirectBytes} bytes without --bucket, got a zip of ${zip.bytes}; name an S3 bucket of the region`,
    );
}
