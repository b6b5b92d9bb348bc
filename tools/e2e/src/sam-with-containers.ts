import { awsPort, ensureBaseImages, removeOtherImages } from "./base-image.ts";
import type { BaseImages } from "./base-image.ts";
import { startContainerEngine } from "./container-engine.ts";
import type { ContainerEngine } from "./container-engine.ts";
import type { SharedRun } from "./example-project.ts";
import { startMoto } from "./moto.ts";
import type { Moto } from "./moto.ts";
import { readmeBlocks } from "./readme-sessions.ts";
import { runChecked } from "./run-command.ts";
import type { Command } from "./run-command.ts";

/** What `sam` needs to run functions in containers, with moto in AWS's place. */
export interface SamWithContainers {
  readonly engine: ContainerEngine;
  readonly images: BaseImages;
  readonly moto: Moto;
  /** A command that a user types in a project's folder. It reaches the engine and moto and nothing else. */
  readonly command: (project: string, file: string, ...args: readonly string[]) => Command;
  /** Types the `sam local invoke` of the project's README. Returns its output. Errors: rejects with it if it fails. */
  invokeAsReadmeSays(project: string): Promise<string>;
  /** Ends all of it, and removes the images that were made meanwhile. */
  close(): Promise<void>;
}

/** Starts the engine and moto. Errors: rejects if one of them does not start. */
export async function startSamWithContainers(run: SharedRun): Promise<SamWithContainers> {
  const engine = await startContainerEngine();
  const images = await ensureBaseImages(engine);
  const moto = await startMoto({ engine, port: awsPort });
  // A machine that is busy takes longer to start a container than the 20 s that SAM waits.
  const ofSam = { DOCKER_HOST: engine.host, SAM_SKIP_PULL_IMAGE: "true", SAM_CLI_CONTAINER_CONNECTION_TIMEOUT: "120" };
  const env = { ...run.environment, ...moto.environment, ...ofSam };
  const command: SamWithContainers["command"] = (cwd, ...typed) => ({ ...engine.inside(...typed), cwd, env });
  return {
    engine,
    images,
    moto,
    command,
    async invokeAsReadmeSays(project) {
      const blocks = readmeBlocks(project);
      const commands = blocks
        .flatMap(({ commands }) => commands)
        .filter((command) => command.startsWith("sam local invoke"));
      if (commands.length !== 1) {
        throw new Error(`expected one \`sam local invoke\` in the README, got ${commands.length}`);
      }
      return (await runChecked(command(project, "bash", "-c", commands.join()))).output;
    },
    async close() {
      await moto.close();
      try {
        await removeOtherImages(engine, images);
      } finally {
        await engine.close();
      }
    },
  };
}
