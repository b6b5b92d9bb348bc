import { ensureEnvironment, projectEnvironment, SetupError } from "@lambda-extension/sam";
import type { TestProject } from "vitest/node";
import type { SharedRun } from "../src/example-project.ts";
import { startPackageRegistry } from "../src/package-registry.ts";
import { packPackages } from "../src/package-tarballs.ts";
import { makeTempFolder } from "../src/temp-folder.ts";
import { makeUserEnvironment } from "../src/user-environment.ts";

declare module "vitest" {
  interface ProvidedContext {
    run: SharedRun;
    /** Why there is no SAM CLI, no moto, no official emulator; empty where they are there. */
    missingPythonTools: string;
  }
}

/**
 * Makes what every test file shares, once: the Python tools, our packages in a registry, a folder for built examples.
 */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  project.provide("missingPythonTools", await findMissingPythonTools());
  const folder = await makeTempFolder("run");
  const registry = await startPackageRegistry(await packPackages(`${folder.path}/packages`));
  project.provide("run", { folder: folder.path, environment: await makeUserEnvironment(folder.path, registry.url) });
  return async () => {
    await registry.close();
    await folder.close();
  };
}

async function findMissingPythonTools(): Promise<string> {
  try {
    await ensureEnvironment(projectEnvironment);
    return "";
  } catch (error) {
    // A machine without Python or without PyPI skips, loudly; continuous integration has both.
    if (!(error instanceof SetupError) || process.env["CI"] === "true") throw error;
    return error.message;
  }
}
