import type { PublishedLayer } from "../layers/published-layers.ts";
import type { PublishOptions } from "../options/parse-options.ts";
import type { LayerRecord } from "../record/write-records.ts";

/** A version of a layer that a region has. */
export interface LayerVersion extends Pick<LayerRecord, "arn" | "version" | "sha256"> {
  readonly description: string;
}

/** The layers of one region. Errors: every call rejects with the error of AWS's SDK. */
export interface RegionLayers {
  /** The latest version of a layer; undefined if it has no version. */
  findLatest(name: string): Promise<LayerVersion | undefined>;
  /** Makes a new version. */
  publish(layer: PublishedLayer): Promise<LayerVersion>;
  /** Lets every account use a version. Does nothing if every account already may. */
  makePublic(name: string, version: number): Promise<void>;
}

/** The layers that a region must have. */
export interface RegionRequest extends Pick<PublishOptions, "isPublic" | "isDryRun"> {
  readonly region: string;
  readonly layers: readonly PublishedLayer[];
  /** Takes one line for each layer. */
  readonly report: (line: string) => void;
}

/** The layers that a region has now. After a failure the layers behind it were not tried. */
export type RegionResult =
  | { readonly kind: "done"; readonly region: string; readonly records: readonly LayerRecord[] }
  | RegionFailure;

/** The first layer of a region that could not be published, and the error of AWS's SDK. */
export interface RegionFailure {
  readonly kind: "failed";
  readonly region: string;
  readonly layer: string;
  readonly cause: unknown;
}

/**
 * Publishes each layer whose bytes differ from those of its latest version in the region. After a failure the published
 * versions stay, and the next run finds them. Errors: none thrown.
 */
export async function publishRegion(request: RegionRequest, region: RegionLayers): Promise<RegionResult> {
  const records: LayerRecord[] = [];
  for (const layer of request.layers) {
    try {
      const version = await publishLayer(layer, request, region);
      if (version !== undefined) records.push(toRecord(layer, version, request.region));
    } catch (cause) {
      return { kind: "failed", region: request.region, layer: layer.name, cause };
    }
  }
  return { kind: "done", region: request.region, records };
}

/** Returns undefined in a dry run. */
async function publishLayer(
  layer: PublishedLayer,
  request: RegionRequest,
  region: RegionLayers,
): Promise<LayerVersion | undefined> {
  const report = (what: string): void => request.report(`${request.region}  ${layer.name}  ${what}`);
  const size = toSize(layer.zip.bytes);
  const latest = await region.findLatest(layer.name);
  const isCurrent = latest?.sha256 === layer.zip.sha256;
  if (request.isDryRun) {
    const next = (latest?.version ?? 0) + 1;
    report(isCurrent ? `unchanged, version ${latest.version}` : `would become version ${next} (${size})`);
    return undefined;
  }
  const version = isCurrent ? latest : await region.publish(layer);
  if (version.sha256 !== layer.zip.sha256) {
    throw new Error(
      `version ${version.version} has SHA-256 ${version.sha256}, and ${layer.zip.path} had ${layer.zip.sha256} when it was checked: delete that version, then run the same command again`,
    );
  }
  if (request.isPublic) await region.makePublic(layer.name, version.version);
  report(isCurrent ? `unchanged, version ${version.version}` : `published version ${version.version} (${size})`);
  return version;
}

/** If an older release published the same bytes, the version's description names that release. */
function toRecord(
  layer: PublishedLayer,
  { arn, version, description, sha256 }: LayerVersion,
  region: string,
): LayerRecord {
  const { name, package: source, architectures, zip } = layer;
  const described = description.startsWith(`${source}@`) ? /^[^,\s]+/.exec(description)?.[0] : undefined;
  const packageVersion = described?.slice(source.length + 1) ?? layer.packageVersion;
  return { name, package: source, packageVersion, region, architectures, version, arn, sha256, bytes: zip.bytes };
}

function toSize(bytes: number): string {
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
