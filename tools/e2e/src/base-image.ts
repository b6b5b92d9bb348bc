import { createHash } from "node:crypto";
import { mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { projectEnvironment } from "@lambda-extension/sam";
import type { ContainerEngine } from "./container-engine.ts";
import { nodeClient } from "./node-client.ts";
import { runCommand, runOrFail } from "./run-command.ts";
import type { Command } from "./run-command.ts";

/** The names of images that stand in for Lambda's. */
export interface BaseImages {
  readonly python: string;
  readonly nodejs: string;
}

/** Where an image's containers find AWS: a stand-in that a test starts inside the engine's network. */
export const awsPort = 4566;

const script = fileURLToPath(new URL("base-image.sh", import.meta.url));

/**
 * Makes images that stand in for Lambda's, which cannot be pulled without their registry; AWS_ENDPOINT_URL is set in
 * them, since SAM passes on only what the template names. Made once and kept with the engine's images: about a minute.
 * AWS's client for Node.js must be there. Errors: rejects with the output of the step that failed.
 */
export async function ensureBaseImages(engine: ContainerEngine): Promise<BaseImages> {
  const settings = [
    "WORKDIR /var/task",
    "ENV LAMBDA_TASK_ROOT=/var/task",
    `ENV AWS_ENDPOINT_URL=http://${engine.gateway}:${awsPort}`,
    'ENTRYPOINT ["/lambda-entrypoint.sh"]',
  ];
  const ingredients = [await readFile(script, "utf8"), ...settings, process.version, nodeClient];
  const recipe = createHash("sha256").update(ingredients.join("\n")).digest("hex").slice(0, 12);
  const images = { python: `lambda-python-stand-in:${recipe}`, nodejs: `lambda-nodejs-stand-in:${recipe}` };
  const found = await runCommand(docker(engine, "image", "inspect", images.python, images.nodejs));
  if (found.status === 0) return images;
  // debootstrap knows no paths with spaces.
  const scratch = `/var/tmp/e2e-base-image-${process.pid}`;
  await mkdir(scratch);
  try {
    const args = [script, scratch, join(projectEnvironment.folder, "bin/python"), process.execPath, nodeClient];
    await runOrFail({
      file: "unshare",
      args: ["--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "bash", ...args],
    });
    const changes = settings.flatMap((setting) => ["--change", setting]);
    for (const [kind, name] of Object.entries(images)) {
      await runOrFail(docker(engine, "import", ...changes, join(scratch, `${kind}.tar`), name));
    }
    return images;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** Gives the image another name, that of a Dockerfile's FROM. Errors: rejects with Docker's output. */
export async function tagImage(engine: ContainerEngine, image: string, name: string): Promise<void> {
  await runOrFail(docker(engine, "tag", image, name));
}

/** Removes every image but these, and what was stopped: builds of layers are large and never used again. */
export async function removeOtherImages(engine: ContainerEngine, { python, nodejs }: BaseImages): Promise<void> {
  await runOrFail(docker(engine, "container", "prune", "--force"));
  const names = await runOrFail(docker(engine, "images", "--format", "{{.Repository}}:{{.Tag}}"));
  const others = names
    .split("\n")
    .filter((name) => name !== "" && name !== python && name !== nodejs && !name.includes("<none>"));
  if (others.length > 0) await runOrFail(docker(engine, "rmi", "--force", ...others));
  await runOrFail(docker(engine, "image", "prune", "--force"));
}

/** A command of Docker's, to this engine. */
export function docker(engine: ContainerEngine, ...args: readonly string[]): Command {
  return engine.inside("docker", "--host", engine.host, ...args);
}
