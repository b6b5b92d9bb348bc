import type { Architecture } from "../layers/published-layers.ts";

/** One entry of layers.json: where a layer is, and what it was made from. */
export interface LayerRecord {
  readonly name: string;
  /** The npm package whose CHANGELOG.md tells of it. */
  readonly package: string;
  /** The package's version that made these bytes; ends in `+unreleased` where changesets waited. */
  readonly packageVersion: string;
  readonly region: string;
  readonly architectures: readonly Architecture[];
  /** The layer version: a number that each region counts by itself. */
  readonly version: number;
  readonly arn: string;
  /** SHA-256 of the zip, as hexadecimal digits. */
  readonly sha256: string;
  /** Size of the zip. */
  readonly bytes: number;
}
