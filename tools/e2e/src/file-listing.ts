import { createHash } from "node:crypto";
import { readdirSync, statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";

/** Every file by its path, with its mode as octal text and the SHA-256 of its bytes. */
export type FileListing = Readonly<Record<string, { readonly mode: string; readonly sha256: string }>>;

/** Lists the files of a folder. */
export async function listFolder(folder: string): Promise<FileListing> {
  const entries = readdirSync(folder, { recursive: true, encoding: "utf8" });
  const names = entries.filter((name) => statSync(join(folder, name)).isFile());
  const files = names.map(async (name) => {
    const file = join(folder, name);
    const sha256 = createHash("sha256")
      .update(await readFile(file))
      .digest("hex");
    return [name, { mode: (statSync(file).mode & 0o777).toString(8), sha256 }] as const;
  });
  return Object.fromEntries(await Promise.all(files));
}
