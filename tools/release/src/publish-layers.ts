import { mkdir } from "node:fs/promises";
import type { BuildOptions } from "@lambda-extension/build-layer";
import { buildPublishedLayers } from "./layers/build-published-layers.ts";
import type { PublishedLayer } from "./layers/published-layers.ts";
import type { PublishOptions } from "./options/parse-options.ts";
import { explainAwsError } from "./publish/explain-aws-error.ts";
import { publishRegion } from "./publish/publish-region.ts";
import type { RegionFailure, RegionLayers, RegionResult } from "./publish/publish-region.ts";
import { writeRecords } from "./record/write-records.ts";

/** What the process gives the command. */
export interface PublishHost {
  /** Where compressed engines are kept. */
  readonly cacheFolder: string;
  /** The machine that starts each layer once before it is published. */
  readonly machine: NonNullable<BuildOptions["host"]>;
  readonly regionLayers: (region: string) => RegionLayers;
  /** Writes a line of progress. */
  readonly say: (line: string) => void;
  /** Writes a problem. */
  readonly complain: (line: string) => void;
}

/** The most bytes in a request. Source: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const maxDirectBytes = 50 * 1024 * 1024;

/** Regions at a time: each holds a zip of 45 MB, and its base64, in memory. */
const regionsAtATime = 3;

/**
 * Builds the layers and publishes those that changed, region by region; a region that fails does not stop the others.
 * If every region is complete, writes layers.json and layers.md and returns true. Errors: `BuildError` of build-layer.
 */
export async function publishLayers(options: PublishOptions, host: PublishHost): Promise<boolean> {
  const { say, complain, cacheFolder, machine } = host;
  const layers = await buildPublishedLayers(options, { cacheFolder, say, host: machine });
  const problems = checkZipSizes(layers, options.bucket);
  for (const problem of problems) complain(problem);
  if (problems.length > 0) return false;
  // If the folder cannot be written, the command must fail before it publishes.
  if (!options.isDryRun) await mkdir(options.out, { recursive: true });

  const results: RegionResult[] = [];
  const waiting = [...options.regions];
  const work = async (): Promise<void> => {
    for (let region = waiting.shift(); region !== undefined; region = waiting.shift()) {
      results.push(await publishRegion({ ...options, region, layers, report: say }, host.regionLayers(region)));
    }
  };
  await Promise.all(Array.from({ length: regionsAtATime }, work));

  const failed = results.filter((result) => result.kind === "failed");
  for (const line of toFailureLines(failed)) complain(line);
  if (failed.length > 0) {
    complain(
      `${failed.length} of ${options.regions.length} regions are not complete; run the same command again. layers.json was not written.`,
    );
    return false;
  }
  if (options.isDryRun) return true;
  const records = options.regions.flatMap((region) =>
    results.flatMap((result) => (result.kind === "done" && result.region === region ? result.records : [])),
  );
  say(`wrote ${(await writeRecords(options.out, records)).join(" and ")}`);
  return true;
}

/** One problem for each layer that is too large for a request. With a bucket no layer is too large. */
export function checkZipSizes(layers: readonly PublishedLayer[], bucket: string | undefined): readonly string[] {
  if (bucket !== undefined) return [];
  return layers
    .filter(({ zip }) => zip.bytes > maxDirectBytes)
    .map(
      ({ name, zip }) =>
        `${name}: expected at most ${maxDirectBytes} bytes without --bucket, got a zip of ${zip.bytes}; name an S3 bucket of the region`,
    );
}

/** One line for each cause, with every region that it stopped: missing credentials stop all of them. */
function toFailureLines(failures: readonly RegionFailure[]): readonly string[] {
  const regionsByCause = new Map<string, string[]>();
  for (const { region, layer, cause } of failures) {
    const line = `${layer}  failed: ${explainAwsError(cause)}`;
    regionsByCause.set(line, [...(regionsByCause.get(line) ?? []), region]);
  }
  return [...regionsByCause].map(([line, regions]) => `${regions.join(", ")}  ${line}`);
}
