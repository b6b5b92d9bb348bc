import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { $ } from "zx";
import { findPython } from "./python.ts";
import { SetupError } from "./setup-error.ts";

const installer = fileURLToPath(new URL("../python/create_environment.py", import.meta.url));

/** Where the environment is and what belongs into it. */
export interface EnvironmentPlace {
  readonly folder: string;
  /** A pip requirements file with exact versions. */
  readonly requirements: string;
  /** Held while installing. */
  readonly lock: string;
}

/** The repository's own: `.venv/`, from this package's requirements. */
export const projectEnvironment: EnvironmentPlace = {
  folder: fileURLToPath(new URL("../../../.venv", import.meta.url)),
  requirements: fileURLToPath(new URL("../requirements.txt", import.meta.url)),
  lock: fileURLToPath(new URL("../../../.cache/venv.lock", import.meta.url)),
};

/**
 * What is there: `current`, `outdated` (other requirements or another installer, half-made, its Python gone), or
 * `absent`.
 */
export type EnvironmentState = "current" | "outdated" | "absent";

/** Compares the environment's stamp with the requirements; starts no process. */
export async function readEnvironmentState(place: EnvironmentPlace): Promise<EnvironmentState> {
  if (!existsSync(place.folder)) return "absent";
  const stamp = await readFile(join(place.folder, "stamp"), "utf8").catch(() => undefined);
  return stamp === (await expectedStamp(place)) && existsSync(join(place.folder, "bin/python"))
    ? "current"
    : "outdated";
}

/**
 * Makes the environment where it is absent or outdated, with pip's progress on standard error, and returns its `bin`
 * folder. Safe to call from two processes at once. Errors: `SetupError`.
 */
export async function ensureEnvironment(place: EnvironmentPlace, path = process.env["PATH"]): Promise<string> {
  const bin = join(place.folder, "bin");
  if ((await readEnvironmentState(place)) === "current") return bin;
  const python = await findPython(path);
  const stamp = await expectedStamp(place);
  const shell = $({ nothrow: true, stdio: ["ignore", "inherit", "inherit"] });
  const { exitCode, signal } =
    await shell`exec ${python} ${installer} ${place.folder} ${place.requirements} ${place.lock} ${stamp}`;
  if (signal !== null || exitCode === 130) throw new SetupError("interrupted", "The installation was interrupted.");
  if (exitCode !== 0) {
    throw new SetupError(
      "install",
      `Installing ${place.requirements} into ${place.folder} failed; pip's own message is above.\n` +
        "It needs the Python package index, or a mirror of it named in PIP_INDEX_URL.",
    );
  }
  return bin;
}

async function expectedStamp(place: EnvironmentPlace): Promise<string> {
  const hash = createHash("sha256").update(await readFile(place.requirements));
  return hash.update(await readFile(installer)).digest("hex");
}
