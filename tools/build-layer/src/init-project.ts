import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { BuildError } from "./build-error.ts";
import type { Architecture } from "./config/extension-settings.ts";
import { parseSettings } from "./config/parse-settings.ts";
import { withStaging } from "./layer/staging.ts";
import { whatIsAt } from "./paths.ts";

const template = fileURLToPath(new URL("../template", import.meta.url));
const placeholder = /my-extension/g;

/**
 * Makes a project with an extension, a function, a template and a test in `folder`, which must be empty or missing. The
 * folder's name is the extension's name. The template names `architecture`, so that native code of this machine runs
 * beside the function. Returns the files, relative to the folder.
 * Errors: `BuildError` for a name that no extension can have, and for a folder that is in use.
 */
export async function initProject(folder: string, architecture: Architecture): Promise<readonly string[]> {
  const target = resolve(folder);
  const name = basename(target);
  const parsed = parseSettings({ name, entry: "src/main.ts" });
  if (parsed.kind === "problems") throw new BuildError(parsed.problems);
  const there = whatIsAt(target);
  if (there !== "nothing" && !(there === "a folder" && readdirSync(target).length === 0)) {
    throw new BuildError(`init: expected a folder that is empty or not there yet, got ${target}`);
  }
  return withStaging(dirname(target), (staging) => {
    const made = join(staging.folder, name);
    const files = readdirSync(template, { recursive: true, encoding: "utf8" })
      .filter((path) => whatIsAt(join(template, path)) === "a file")
      .toSorted();
    for (const file of files) {
      mkdirSync(dirname(join(made, file)), { recursive: true });
      writeFileSync(
        join(made, file),
        readFileSync(join(template, file), "utf8").replace(placeholder, name).replace("my-architecture", architecture),
      );
    }
    // npm leaves a file named .gitignore out of packages.
    renameSync(join(made, "gitignore"), join(made, ".gitignore"));
    // An existing folder is filled, not replaced: a shell may stand in it.
    if (there === "nothing") staging.moveTo(name, target);
    else for (const entry of readdirSync(made)) staging.moveTo(join(name, entry), join(target, entry));
    return files.map((file) => (file === "gitignore" ? ".gitignore" : file));
  });
}
