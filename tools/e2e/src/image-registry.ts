import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { startProcess } from "./background-process.ts";
import type { BackgroundProcess } from "./background-process.ts";
import type { ContainerEngine } from "./container-engine.ts";
import { unpackDebianPackage } from "./debian-packages.ts";
import { makeOnce } from "./move-into-place.ts";
import { repository } from "./package-tarballs.ts";

const folder = join(repository, ".cache/docker-registry");

/**
 * Returns why no registry of images can run here; empty if one can. It is Debian's docker-registry, unpacked into the
 * repository's `.cache`: an installed one would run as a service. Errors: rejects if `CI=true` and unpacking fails.
 */
export function findMissingRegistry(): Promise<string> {
  return makeOnce(folder, "docker-registry could not be had", (beside) =>
    unpackDebianPackage("docker-registry", beside),
  );
}

/**
 * Starts a registry of images in the engine's own network, where the engine finds it under the name of ECR's; it keeps
 * the images in `data`. Errors: rejects with its output if it does not start.
 */
export async function startImageRegistry(engine: ContainerEngine, data: string): Promise<BackgroundProcess> {
  const storage = { filesystem: { rootdirectory: data } };
  const file = `${data}.yml`;
  await writeFile(file, JSON.stringify({ version: "0.1", storage, http: { addr: "127.0.0.1:80" } }));
  const registry = await startProcess(engine.inside(join(folder, "usr/bin/docker-registry"), "serve", file));
  await registry.waitForLine(/listening on/);
  return registry;
}
