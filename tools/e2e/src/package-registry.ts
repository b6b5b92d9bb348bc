import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { PackageTarball } from "./package-tarballs.ts";
import { listen } from "./ports.ts";

/** A registry of npm packages that has this repository's packages and no others. */
export interface PackageRegistry {
  /** Ends in a slash. */
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Serves packed packages as a registry on a free port: a project that names them by version installs them with plain
 * npm, unchanged. Answers only what `npm install` and `npx` ask for.
 */
export async function startPackageRegistry(tarballs: readonly PackageTarball[]): Promise<PackageRegistry> {
  const packages = await Promise.all(
    tarballs.map(async ({ file, manifest }) => ({ manifest, bytes: await readFile(file) })),
  );
  let url = "";
  const server = createServer((request, response) => {
    const path = decodeURIComponent(request.url ?? "").slice(1);
    const found = packages.find(({ manifest }) => path === manifest.name || path === `${manifest.name}/-/package.tgz`);
    if (found === undefined) {
      response.writeHead(404).end("{}");
    } else if (path === found.manifest.name) {
      // The same version has other bytes in the next run.
      response.writeHead(200, { "content-type": "application/json", "cache-control": "no-store" });
      response.end(JSON.stringify(describe(found.manifest, found.bytes, url)));
    } else {
      response.writeHead(200, { "content-type": "application/octet-stream", "cache-control": "no-store" });
      response.end(found.bytes);
    }
  });
  const { port, close } = await listen(server);
  url = `http://127.0.0.1:${port}/`;
  return { url, close };
}

/** A registry's answer. Source: https://github.com/npm/registry/blob/main/docs/responses/package-metadata.md */
function describe(manifest: PackageTarball["manifest"], bytes: Buffer, url: string) {
  const { name, version } = manifest;
  const integrity = `sha512-${createHash("sha512").update(bytes).digest("base64")}`;
  const dist = { tarball: `${url}${name}/-/package.tgz`, integrity };
  return { name, "dist-tags": { latest: version }, versions: { [version]: { ...manifest, dist } } };
}
