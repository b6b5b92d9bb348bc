import { realpath } from "node:fs/promises";
import { dirname, join, sep } from "node:path";
import { readPackage } from "../project/plan-code.ts";
import { own, toMap } from "../template/value.ts";

/**
 * The folders of the packages that a package depends on and that the user develops: links of a workspace or of
 * `npm link`, and the links of these. A package in a node_modules folder was installed and does not change.
 * Errors: none; empty if the folder is no package.
 */
export async function findLinkedPackages(folder: string): Promise<readonly string[]> {
  const found = new Set<string>();
  const visit = async (packageFolder: string): Promise<void> => {
    const dependencies = toMap(own(await readPackage(packageFolder), "dependencies"));
    for (const name of Object.keys(dependencies)) {
      const installed = await findInstalled(name, packageFolder);
      if (installed === undefined || found.has(installed) || installed.split(sep).includes("node_modules")) continue;
      found.add(installed);
      await visit(installed);
    }
  };
  await visit(folder);
  return [...found];
}

/** The folder in which Node.js would find the package, links resolved. */
async function findInstalled(name: string, folder: string): Promise<string | undefined> {
  const here = await realpath(join(folder, "node_modules", name)).catch(() => undefined);
  if (here !== undefined) return here;
  return dirname(folder) === folder ? undefined : findInstalled(name, dirname(folder));
}
