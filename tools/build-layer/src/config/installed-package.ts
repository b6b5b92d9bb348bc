import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

/**
 * The folder of an installed package, seen from `fromFolder`: upwards through node_modules, as Node does, but also for
 * packages that do not export their package.json. Undefined where there is none.
 */
export function findInstalled(fromFolder: string, packageName: string): string | undefined {
  for (let folder = fromFolder; ; folder = dirname(folder)) {
    const candidate = join(folder, "node_modules", packageName);
    if (existsSync(join(candidate, "package.json"))) return candidate;
    if (dirname(folder) === folder) return undefined;
  }
}
