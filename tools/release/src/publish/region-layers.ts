import type { PublishedLayer } from "../layers/published-layers.ts";

/** A version of a layer that a region has. */
export interface LayerVersion {
  readonly arn: string;
  readonly version: number;
  readonly description: string;
  /** SHA-256 of its zip, as hexadecimal digits. */
  readonly sha256: string;
}

/** The layers of one region. Errors: every call rejects with what AWS's SDK rejects with. */
export interface RegionLayers {
  /** The latest version of a layer; undefined where there is none. */
  findLatest(name: string): Promise<LayerVersion | undefined>;
  /** Makes a new version. */
  publish(layer: PublishedLayer): Promise<LayerVersion>;
  /** Lets every account use a version; does nothing where that is so already. */
  makePublic(name: string, version: number): Promise<void>;
}
