import { mkdir } from "node:fs/promises";
import { buildPublishedLayers } from "./layers/build-published-layers.ts";
import type { PublishOptions } from "./options/parse-options.ts";
import { checkZipSizes } from "./publish/check-zip-sizes.ts";
import { explainAwsError } from "./publish/explain-aws-error.ts";
import { publishRegion } from "./publish/publish-region.ts";
import type { RegionFailure, RegionResult } from "./publish/publish-region.ts";
import type { RegionLayers } from "./publish/region-layers.ts";
import { writeRecords } from "./record/write-records.ts";

/** What the command needs of the outside. */
export interface PublishSurroundings {
  /** Where compressed engines are kept. */
  readonly cacheFolder: string;
  readonly regionLayers: (region: string) => RegionLayers;
  /** Progress. */
  readonly say: (line: string) => void;
  /** Problems. */
  readonly complain: (line: string) => void;
}

/** Regions at a time: each holds a zip of 45 MB, and its base64, in memory. */
const regionsAtATime = 3;

/**
 * Builds the layers and publishes what changed, region by region; a region that fails does not stop the others.
 * layers.json and layers.md are written when every region is complete. Returns true then. Errors: `BuildError` of
 * build-layer.
 */
export async function publishLayers(options: PublishOptions, surroundings: PublishSurroundings): Promise<boolean> {
  const { say, complain, cacheFolder } = surroundings;
  const layers = await buildPublishedLayers({ ...options, build: { cacheFolder, say } });
  const problems = checkZipSizes(layers, options.bucket);
  for (const problem of problems) complain(problem);
  if (problems.length > 0) return false;
  // A folder that cannot be written is found out before anything is published.
  if (!options.isDryRun) await mkdir(options.out, { recursive: true });

  const results: RegionResult[] = [];
  const waiting = [...options.regions];
  const work = async (): Promise<void> => {
    for (let region = waiting.shift(); region !== undefined; region = waiting.shift()) {
      results.push(await publishRegion({ ...options, region, layers, report: say }, surroundings.regionLayers(region)));
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

/** One line for each cause, with every region that it stopped: missing credentials stop all of them. */
function toFailureLines(failures: readonly RegionFailure[]): readonly string[] {
  const regionsByCause = new Map<string, string[]>();
  for (const { region, layer, cause } of failures) {
    const line = `${layer}  failed: ${explainAwsError(cause)}`;
    regionsByCause.set(line, [...(regionsByCause.get(line) ?? []), region]);
  }
  return [...regionsByCause].map(([line, regions]) => `${regions.join(", ")}  ${line}`);
}
