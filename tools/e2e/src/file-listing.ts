import { createHash } from "node:crypto";
import { globSync, statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { projectEnvironment } from "@lambda-extension/sam";
import { runOrFail } from "./run-command.ts";

/** Every file by its path, with its mode as octal text and the SHA-256 of its bytes. */
export type FileListing = Readonly<Record<string, { readonly mode: string; readonly sha256: string }>>;

/** Lists the files of a zip, as Python's zipfile reads it. */
export async function listZip(file: string): Promise<FileListing> {
  const program = fileURLToPath(new URL("../python/list_zip.py", import.meta.url));
  const stdout = await runOrFail({ file: join(projectEnvironment.folder, "bin/python"), args: [program, file] });
  return JSON.parse(stdout) as FileListing;
}

/** Lists the files of a folder. */
export async function listFolder(folder: string): Promise<FileListing> {
  const names = globSync("**/*", { cwd: folder }).filter((name) => statSync(join(folder, name)).isFile());
  const entries = names.map(async (name) => {
    const file = join(folder, name);
    return [name, { mode: (statSync(file).mode & 0o777).toString(8), sha256: sha256Of(await readFile(file)) }] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

function sha256Of(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}
