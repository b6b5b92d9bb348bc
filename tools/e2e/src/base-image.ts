import { createHash } from "node:crypto";
import { mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import type { ContainerEngine } from "./container-engine.ts";
import { nodeClient } from "./node-client.ts";
import { python, runCommand, runOrFail } from "./run-command.ts";
import type { Command } from "./run-command.ts";

/** The names of images that stand in for Lambda's. */
export interface BaseImages {
  readonly python: string;
  readonly nodejs: string;
}

/** The port at which containers find AWS: a stand-in that a test starts inside the engine's network. */
export const awsPort = 4566;

const script = join(import.meta.dirname, "base-image.sh");

/**
 * Makes images that stand in for Lambda's, which cannot be pulled without their registry; once, in about a minute, and
 * the engine keeps them. They set AWS_ENDPOINT_URL, since SAM passes on only what the template names. AWS's client for
 * Node.js must be installed. Errors: rejects with the output of the step that failed.
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
  // debootstrap cannot work in a path with spaces.
  const scratch = `/var/tmp/e2e-base-image-${process.pid}`;
  await mkdir(scratch);
  try {
    const namespaces = ["--mount", "--pid", "--fork", "--kill-child", "--mount-proc"];
    const bash = ["bash", script, scratch, python, process.execPath, nodeClient];
    await runOrFail({ file: "unshare", args: [...namespaces, ...bash] });
    const changes = settings.flatMap((setting) => ["--change", setting]);
    for (const [kind, name] of Object.entries(images)) {
      await runOrFail(docker(engine, "import", ...changes, join(scratch, `${kind}.tar`), name));
    }
    return images;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** Gives the image a second name, for example that of a Dockerfile's FROM. Errors: rejects with Docker's output. */
export async function tagImage(engine: ContainerEngine, image: string, name: string): Promise<void> {
  await runOrFail(docker(engine, "tag", image, name));
}

/** Removes stopped containers and every image but these: builds of layers are large and never used again. */
export async function removeOtherImages(engine: ContainerEngine, { python, nodejs }: BaseImages): Promise<void> {
  await runOrFail(docker(engine, "container", "prune", "--force"));
  const names = await runOrFail(docker(engine, "images", "--format", "{{.Repository}}:{{.Tag}}"));
  const others = names
    .split("\n")
    .filter((name) => name !== "" && name !== python && name !== nodejs && !name.includes("<none>"));
  if (others.length > 0) await runOrFail(docker(engine, "rmi", "--force", ...others));
  await runOrFail(docker(engine, "image", "prune", "--force"));
}

/** A command of Docker for this engine. */
export function docker(engine: ContainerEngine, ...args: readonly string[]): Command {
  return engine.inside("docker", "--host", engine.host, ...args);
}
