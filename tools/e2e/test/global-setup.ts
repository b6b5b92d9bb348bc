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
    /** Why the SAM CLI, moto and the official emulator are missing; empty if they are installed. */
    missingPythonTools: string;
  }
}

/**
 * Makes once what all test files share: the Python tools, a registry with our packages, a folder for built examples.
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
    // On a machine without Python or PyPI the tests are skipped, with a warning. Continuous integration has both.
    if (!(error instanceof SetupError) || process.env["CI"] === "true") throw error;
    return error.message;
  }
}
