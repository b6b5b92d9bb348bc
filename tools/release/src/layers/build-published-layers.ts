import { createHash } from "node:crypto";
import { globSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { BuildError, buildLayers, checkPath, compatibleRuntimes, readProject } from "@lambda-extension/build-layer";
import type { BuildOptions } from "@lambda-extension/build-layer";
import type { PublishOptions } from "../options/parse-options.ts";
import { architectures } from "./published-layers.ts";
import type { PublishedLayer } from "./published-layers.ts";

const folder = join(import.meta.dirname, "../../layers");
const root = join(import.meta.dirname, "../../../..");

/**
 * Builds the layers of the wanted extensions. Each folder of `layers/` describes a layer, or one for each architecture
 * if it carries an engine. Each zip is read again and checked, its engine's bytes too.
 * Errors: `BuildError`.
 */
export async function buildPublishedLayers(
  wanted: Pick<PublishOptions, "layers" | "architectures">,
  build: Pick<BuildOptions, "cacheFolder" | "say" | "host">,
): Promise<readonly PublishedLayer[]> {
  const tool = readManifest(join(root, "tools/build-layer"));
  const layers: PublishedLayer[] = [];
  for (const name of globSync("*/package.json", { cwd: folder }).map(dirname).sort()) {
    const project = readProject(join(folder, name));
    const { settings } = project;
    if (!wanted.layers.includes(settings.name)) continue;
    const source = readManifest(join(root, "packages", settings.name));
    const version = hasUnreleasedChanges() ? `${source.version}+unreleased` : source.version;
    const [only, ...others] = settings.engine === "shared" ? [] : wanted.architectures;
    const isOne = only !== undefined && others.length === 0;
    const report = await buildLayers(project, { ...build, ...(isOne && { architecture: only }) });
    for (const { architecture, zip } of report.layers) {
      if (zip === undefined) throw new Error("BUG: a layer under dist has no zip");
      const { problems } = await checkPath(zip.path, architecture);
      if (problems.length > 0) throw new BuildError(problems.map((problem) => `${zip.path}: ${problem}`));
      layers.push({
        name: architecture === undefined ? name : `${name}-${architecture}`,
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

/** True if a changeset waits: the sources are then ahead of the versions in package.json. */
function hasUnreleasedChanges(): boolean {
  return readdirSync(join(root, ".changeset")).some((name) => name.endsWith(".md") && name !== "README.md");
}

function measure(path: string): PublishedLayer["zip"] {
  const content = readFileSync(path);
  return { path, bytes: content.byteLength, sha256: createHash("sha256").update(content).digest("hex") };
}
