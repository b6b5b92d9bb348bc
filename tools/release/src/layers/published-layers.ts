/** The extensions that are published as layers. Each has its folders in `layers/`. */
export const extensions = ["cache-warmer", "logger"] as const;

/** Lambda's names of processor architectures. */
export const architectures = ["x86_64", "arm64"] as const;

/** One of `architectures`. */
export type Architecture = (typeof architectures)[number];

/** A layer for every region. */
export interface PublishedLayer {
  /** The layer's name on Lambda. */
  readonly name: string;
  /** The npm package whose CHANGELOG.md describes its changes. */
  readonly package: string;
  /** The package's version that made these bytes; ends in `+unreleased` if changesets waited. */
  readonly packageVersion: string;
  /** At most 256 characters; starts with `package@version`. */
  readonly description: string;
  readonly license: string;
  readonly architectures: readonly Architecture[];
  readonly runtimes: readonly string[];
  /** `sha256` is in hexadecimal digits. */
  readonly zip: { readonly path: string; readonly bytes: number; readonly sha256: string };
}
