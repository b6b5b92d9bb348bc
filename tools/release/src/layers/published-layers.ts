/** The extensions that are published as layers; each has its folders in `layers/`. */
export const extensions = ["cache-warmer", "logger"] as const;

/** Lambda's names of processor architectures. */
export const architectures = ["x86_64", "arm64"] as const;

/** One of Lambda's names. */
export type Architecture = (typeof architectures)[number];

/** A layer as it is published, once for each region. */
export interface PublishedLayer {
  /** The layer's name on Lambda. */
  readonly name: string;
  /** The npm package whose changelog tells of it. */
  readonly package: string;
  readonly packageVersion: string;
  /** At most 256 characters; starts with `package@version`. */
  readonly description: string;
  readonly license: string;
  readonly architectures: readonly Architecture[];
  readonly runtimes: readonly string[];
  readonly zip: LayerZip;
}

/** A layer's bytes. */
export interface LayerZip {
  readonly path: string;
  readonly bytes: number;
  /** SHA-256, as hexadecimal digits. */
  readonly sha256: string;
}
