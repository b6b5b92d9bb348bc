import { createHash } from "node:crypto";
import { globSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildLayers, compatibleRuntimes, readProject } from "@lambda-extension/build-layer";
import type { BuildOptions } from "@lambda-extension/build-layer";
import { architectures } from "./published-layers.ts";
import type { Architecture, LayerZip, PublishedLayer } from "./published-layers.ts";

/** Which layers to build, and with what. */
export interface PublishedLayersRequest {
  /** Names of extensions. */
  readonly layers: readonly string[];
  readonly architectures: readonly Architecture[];
  readonly build: Pick<BuildOptions, "cacheFolder" | "say">;
}

const folder = fileURLToPath(new URL("../../layers", import.meta.url));
const root = fileURLToPath(new URL("../../../..", import.meta.url));

/**
 * Builds every layer that is published: each folder of `layers/` describes one, or one for each architecture where it
 * carries an engine. Errors: `BuildError` of build-layer.
 */
export async function buildPublishedLayers(request: PublishedLayersRequest): Promise<readonly PublishedLayer[]> {
  const tool = readManifest(join(root, "tools/build-layer"));
  const layers: PublishedLayer[] = [];
  for (const name of globSync("*/package.json", { cwd: folder }).map(dirname).sort()) {
    const project = readProject(join(folder, name));
    const { settings } = project;
    if (!request.layers.includes(settings.name)) continue;
    const source = readManifest(join(root, "packages", settings.name));
    const version = hasUnreleasedChanges() ? `${source.version}+unreleased` : source.version;
    const [only] = request.architectures;
    const report = await buildLayers(project, {
      ...request.build,
      ...(request.architectures.length === 1 && only !== undefined && settings.engine !== "shared"
        ? { architecture: only }
        : {}),
    });
    for (const { architecture, zip } of report.layers) {
      if (zip === undefined) throw new Error("BUG: a layer under dist has a zip");
      layers.push({
        name: [name, ...(architecture === undefined ? [] : [architecture])].join("-"),
        package: source.name,
        packageVersion: version,
        description: `${source.name}@${version}, built by ${tool.name}@${tool.version}`,
        license: source.license,
        architectures: architecture === undefined ? architectures : [architecture],
        runtimes: compatibleRuntimes(settings),
        zip: measure(zip.path),
      });
    }
  }
  return layers;
}

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license: string;
}

function readManifest(path: string): Manifest {
  return JSON.parse(readFileSync(join(path, "package.json"), "utf8")) as Manifest;
}

/** True where a changeset waits: the sources are then ahead of the versions in package.json. */
function hasUnreleasedChanges(): boolean {
  return readdirSync(join(root, ".changeset")).some((name) => name.endsWith(".md") && name !== "README.md");
}

function measure(path: string): LayerZip {
  const content = readFileSync(path);
  return { path, bytes: content.byteLength, sha256: createHash("sha256").update(content).digest("hex") };
}
