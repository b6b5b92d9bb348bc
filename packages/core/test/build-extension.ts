import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildInto, readProject } from "@lambda-extension/build-layer";

const core = fileURLToPath(new URL("..", import.meta.url));

/** A layer's folder, as it would be unpacked into /opt. */
export interface BuiltExtension {
  readonly layer: string;
  remove(): void;
}

/**
 * Writes a project into a folder of its own, with this package installed, and builds its layer. Files by their path in
 * the project.
 */
export async function buildExtension(files: Readonly<Record<string, string>>): Promise<BuiltExtension> {
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
  await buildInto(readProject(folder), layer, { cacheFolder: join(folder, "cache"), say: () => {} });
  return { layer, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** A package.json with the fields that matter here. */
export function manifest(settings: Readonly<Record<string, unknown>>): string {
  const lambdaExtension = { entry: "src/main.ts", events: ["INVOKE", "SHUTDOWN"], engine: "shared", ...settings };
  return JSON.stringify({ name: "witness", version: "0.0.0", type: "module", lambdaExtension });
}
