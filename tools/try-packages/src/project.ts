import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Row } from "./row.ts";

/** The name of every extension that is tried. */
export const extensionName = "trial";

/** What the extension writes when its use of the package came to an end. */
export const usedLine = "used";

/** The folder of the uses. */
export const uses = join(import.meta.dirname, "../uses");

const program = `import { runExtension } from "@lambda-extension/core";
import { use } from "./use.ts";

void runExtension({
  async onInit() {
    await use();
    console.log("${usedLine}");
  },
});
`;

/** Where a project is, and the tarball of @lambda-extension/core. */
export interface ProjectPlace {
  readonly folder: string;
  readonly core: string;
}

/** Makes an extension's project of a row. */
export function writeProject(row: Row, place: ProjectPlace): void {
  const { folder } = place;
  mkdirSync(join(folder, "src"), { recursive: true });
  writeManifest(row, place);
  writeFileSync(join(folder, "src/main.ts"), program);
  cpSync(join(uses, `${row.use ?? row.name}.ts`), join(folder, "src/use.ts"));
  cpSync(join(uses, "listening.ts"), join(folder, "src/listening.ts"));
  for (const [to, from] of Object.entries(row.files ?? {})) cpSync(join(uses, from), join(folder, to));
}

/** Writes the project's package.json. */
export function writeManifest({ packages, beside, settings }: Row, { folder, core }: ProjectPlace): void {
  const manifest = {
    name: "trial",
    private: true,
    type: "module",
    dependencies: { "@lambda-extension/core": `file:${core}`, ...packages, ...beside },
    lambdaExtension: { name: extensionName, entry: "src/main.ts", ...settings },
  };
  writeFileSync(join(folder, "package.json"), JSON.stringify(manifest));
}
