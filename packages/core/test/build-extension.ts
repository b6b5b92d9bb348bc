import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildInto, readProject } from "@lambda-extension/build-layer";
import type { BuildOptions, BuildReport } from "@lambda-extension/build-layer";

const core = fileURLToPath(new URL("..", import.meta.url));

/** A layer's folder, as it would be unpacked into /opt. */
export interface BuiltExtension {
  readonly layer: string;
  readonly warnings: BuildReport["warnings"];
  remove(): void;
}

/**
 * Writes a project into a folder of its own, with this package installed, and builds its layer. Files by their path in
 * the project. With a host, build-layer starts it once.
 */
export async function buildExtension(
  files: Readonly<Record<string, string>>,
  host?: BuildOptions["host"],
): Promise<BuiltExtension> {
  const folder = mkdtempSync(join(tmpdir(), "core extension "));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const scope = join(folder, "node_modules", "@lambda-extension");
  mkdirSync(scope, { recursive: true });
  symlinkSync(core, join(scope, "core"));
  const layer = join(folder, "layer");
  mkdirSync(layer);
  const remove = () => rmSync(folder, { recursive: true, force: true });
  const options: BuildOptions = { cacheFolder: join(folder, "cache"), say: () => {}, host };
  try {
    const { warnings } = await buildInto(readProject(folder), layer, options);
    return { layer, warnings, remove };
  } catch (error) {
    remove();
    throw error;
  }
}

/** A package.json with the fields that matter here. */
export function manifest(settings: Readonly<Record<string, unknown>>): string {
  const lambdaExtension = { entry: "src/main.ts", events: ["INVOKE", "SHUTDOWN"], engine: "shared", ...settings };
  return JSON.stringify({ name: "witness", version: "0.0.0", type: "module", lambdaExtension });
}
