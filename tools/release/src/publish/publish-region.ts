import type { PublishedLayer } from "../layers/published-layers.ts";
import type { LayerRecord } from "../record/layer-record.ts";
import type { LayerVersion, RegionLayers } from "./region-layers.ts";

/** What is to be in a region. */
export interface RegionRequest {
  readonly region: string;
  readonly layers: readonly PublishedLayer[];
  readonly isPublic: boolean;
  readonly isDryRun: boolean;
  /** Takes one line for each layer. */
  readonly report: (line: string) => void;
}

/** What is in a region now. After a failure the layers behind it were not tried. */
export type RegionResult =
  | { readonly kind: "done"; readonly region: string; readonly records: readonly LayerRecord[] }
  | RegionFailure;

/** The first layer of a region that could not be published, and what AWS's SDK rejected with. */
export interface RegionFailure {
  readonly kind: "failed";
  readonly region: string;
  readonly layer: string;
  readonly cause: unknown;
}

/**
 * Publishes each layer whose bytes differ from those of its latest version in the region. What was done before a
 * failure stays, and the next run finds it. Errors: none thrown.
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

async function publishLayer(
  layer: PublishedLayer,
  request: RegionRequest,
  region: RegionLayers,
): Promise<LayerVersion | undefined> {
  const say = (what: string): void => request.report(`${request.region}  ${layer.name}  ${what}`);
  const latest = await region.findLatest(layer.name);
  const isCurrent = latest?.sha256 === layer.zip.sha256;
  if (request.isDryRun) {
    say(
      isCurrent
        ? `unchanged, version ${latest.version}`
        : `would become version ${(latest?.version ?? 0) + 1} (${toSize(layer.zip.bytes)})`,
    );
    return undefined;
  }
  const version = isCurrent ? latest : await region.publish(layer);
  if (request.isPublic) await region.makePublic(layer.name, version.version);
  say(
    isCurrent
      ? `unchanged, version ${version.version}`
      : `published version ${version.version} (${toSize(layer.zip.bytes)})`,
  );
  return version;
}

/** A version with the same bytes was published by an older release: its description says which. */
function toRecord(
  layer: PublishedLayer,
  { arn, version, description, sha256 }: LayerVersion,
  region: string,
): LayerRecord {
  const described = description.startsWith(`${layer.package}@`) ? /^[^,\s]+/.exec(description)?.[0] : undefined;
  const packageVersion = described?.slice(layer.package.length + 1) ?? layer.packageVersion;
  const { architectures, zip } = layer;
  return {
    name: layer.name,
    package: layer.package,
    packageVersion,
    region,
    architectures,
    version,
    arn,
    sha256,
    bytes: zip.bytes,
  };
}

function toSize(bytes: number): string {
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
