import { existsSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { startProcess } from "./background-process.ts";
import type { BackgroundProcess } from "./background-process.ts";
import type { ContainerEngine } from "./container-engine.ts";
import { unpackDebianPackage } from "./debian-packages.ts";
import { moveIntoPlace } from "./move-into-place.ts";
import { repository } from "./package-tarballs.ts";

const folder = join(repository, ".cache/docker-registry");

/**
 * Why there can be no registry of images here; empty where there can. It is Debian's docker-registry, unpacked into the
 * repository's `.cache`: an installed one would run as a service. Errors: rejects where `CI=true` and it cannot be had.
 */
export async function findMissingRegistry(): Promise<string> {
  if (existsSync(folder)) return "";
  const beside = `${folder}.${process.pid}`;
  try {
    await unpackDebianPackage("docker-registry", beside);
    await moveIntoPlace(beside, folder);
    return "";
  } catch (error) {
    if (process.env["CI"] === "true") throw error;
    return `docker-registry could not be had: ${String(error).slice(-500)}`;
  } finally {
    await rm(beside, { recursive: true, force: true });
  }
}

/**
 * Starts a registry of images in the engine's own network, where the engine finds it under the name of ECR's; it keeps
 * them in `data`.
 * Errors: rejects with its output where it does not start.
 */
export async function startImageRegistry(engine: ContainerEngine, data: string): Promise<BackgroundProcess> {
  const settings = {
    version: "0.1",
    storage: { filesystem: { rootdirectory: data } },
    http: { addr: "127.0.0.1:80" },
  };
  const file = `${data}.yml`;
  await writeFile(file, JSON.stringify(settings));
  const registry = await startProcess(engine.inside(join(folder, "usr/bin/docker-registry"), "serve", file));
  await registry.waitForLine(/listening on/);
  return registry;
}
