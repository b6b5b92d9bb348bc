/** One file of a layer. Folders come from the paths. */
export interface LayerFile {
  /** Inside the layer, with forward slashes: `extensions/my-extension`. */
  readonly path: string;
  readonly mode: 0o644 | 0o755;
  readonly content: Content;
}

/** npm's fixed time for packed files, for the same reason: a program that packs an unchanged layer sees no change. */
export const fixedTime = new Date("1985-10-26T08:15:00Z");

/** Bytes in memory, or a large file that is kept elsewhere, plain and compressed. */
export type Content =
  | { readonly kind: "bytes"; readonly bytes: Uint8Array }
  | {
      readonly kind: "file";
      /** Where it is kept. A layer gets it with `copyTo` or `deflated`; to run it there, ask `verified`. */
      readonly path: string;
      readonly size: number;
      /** Its time in a folder. Other content has another time: so a build knows the file without reading it. */
      readonly modified: Date;
      /** Writes the new file `target` with the pinned bytes, even if the kept file has others. */
      copyTo(target: string): Promise<void>;
      /** Returns `path`, when the pinned bytes are there. Units: 0.1 s for an engine. */
      verified(): Promise<string>;
      /** As `copyTo`, for a zip. */
      deflated(): Promise<Deflated>;
    };

/** A raw deflate stream as a zip entry holds it. `crc` is the CRC-32 of the uncompressed bytes. */
export interface Deflated {
  readonly bytes: Uint8Array;
  readonly crc: number;
}
