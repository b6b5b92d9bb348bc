import type { PublishedLayer } from "../src/layers/published-layers.ts";
import type { LayerVersion, RegionLayers } from "../src/publish/publish-region.ts";

/** A region in memory. `open` has the versions that are public, as `name:version`. */
export interface MemoryRegion extends RegionLayers {
  readonly published: readonly LayerVersion[];
  readonly open: ReadonlySet<string>;
}

/** A region without layers. It refuses the layers that `refuse` names. */
export function createMemoryRegion(refuse: ReadonlySet<string> = new Set()): MemoryRegion {
  const published: (LayerVersion & { readonly name: string })[] = [];
  const open = new Set<string>();
  return {
    published,
    open,
    findLatest: (name) => Promise.resolve(published.findLast((version) => version.name === name)),
    publish({ name, description, zip }) {
      if (refuse.has(name)) return Promise.reject(new Error(`${name} is refused`));
      const version = published.filter((version) => version.name === name).length + 1;
      const made = { name, version, description, sha256: zip.sha256, arn: `arn:${name}:${version}` };
      published.push(made);
      return Promise.resolve(made);
    },
    makePublic: (name, version) => Promise.resolve(void open.add(`${name}:${version}`)),
  };
}

/** A layer of the logger with these bytes. */
export function makeLayer(name: string, sha256: string, packageVersion = "1.0.0"): PublishedLayer {
  return {
    name,
    package: "@lambda-extension/logger",
    packageVersion,
    description: `@lambda-extension/logger@${packageVersion}, built by a test`,
    license: "MIT",
    architectures: ["arm64"],
    runtimes: ["nodejs24.x"],
    zip: { path: "/nowhere.zip", bytes: 1500, sha256 },
  };
}
