import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { $, which } from "zx";

/** Why the Python tools cannot be installed: no `python` fits, pip's `install` failed, or the user `interrupted` it. */
export type SetupProblem = "python" | "install" | "interrupted";

/** The machine lacks something that the SAM CLI needs. The message says what, and what to do. */
export class SetupError extends Error {
  override readonly name = "SetupError";
  readonly problem: SetupProblem;

  constructor(problem: SetupProblem, message: string) {
    super(message);
    this.problem = problem;
  }
}

/** Where the environment is, and what belongs into it. */
export interface EnvironmentPlace {
  readonly folder: string;
  /** A pip requirements file with exact versions. */
  readonly requirements: string;
  /** The installer holds it while it runs. */
  readonly lock: string;
}

const root = join(import.meta.dirname, "../../..");
const installer = join(import.meta.dirname, "../python/create_environment.py");

/** The repository's own: `.venv/`, from this package's requirements. */
export const projectEnvironment: EnvironmentPlace = {
  folder: join(root, ".venv"),
  requirements: join(import.meta.dirname, "../requirements.txt"),
  lock: join(root, ".cache/venv.lock"),
};

/** `outdated`: for other requirements or another installer, half-made, or without its Python. */
export type EnvironmentState = "current" | "outdated" | "absent";

/** Compares the environment's stamp with the requirements. Starts no process. */
export async function readEnvironmentState(place: EnvironmentPlace): Promise<EnvironmentState> {
  if (!existsSync(place.folder)) return "absent";
  const stamp = await readFile(join(place.folder, "stamp"), "utf8").catch(() => undefined);
  const isCurrent = stamp === (await expectedStamp(place)) && existsSync(join(place.folder, "bin/python"));
  return isCurrent ? "current" : "outdated";
}

/**
 * Makes the environment if it is absent or outdated, with pip's progress on standard error. Two processes may call it
 * at once. Returns the environment's `bin` folder. Errors: `SetupError`.
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

const pythonNames = ["python3", "python3.14", "python3.13", "python3.12", "python3.11", "python3.10", "python"];
const oldestMinor = 10;

const probe = `
import importlib.util, sys
missing = [name for name in ("venv", "ensurepip") if importlib.util.find_spec(name) is None]
print(*sys.version_info[:2], *missing)
`;

/**
 * The first Python on `path` that can make the environment: 3.10 or later, with venv and ensurepip.
 * Returns its absolute file name. Errors: `SetupError` that says what each Python lacks.
 */
export async function findPython(path: string | undefined): Promise<string> {
  const faults = new Set<string>();
  for (const name of pythonNames) {
    const file = await findOnPath(name, path);
    if (file === null) continue;
    const fault = await findFault(file);
    if (fault === undefined) return file;
    faults.add(fault);
  }
  const seen = faults.size === 0 ? "No Python was found on PATH." : [...faults].join("\n");
  throw new SetupError(
    "python",
    `The SAM CLI needs Python 3.${oldestMinor} or later with venv.\n${seen}\n` +
      "Install one: `apt-get install python3 python3-venv` on Debian and Ubuntu, `brew install python` on macOS.",
  );
}

async function findFault(file: string): Promise<string | undefined> {
  const output = await $({ nothrow: true, quiet: true })`${file} -c ${probe}`;
  const [major, minor, ...missing] = output.stdout.trim().split(" ");
  if (output.exitCode !== 0 || minor === undefined) return `${file} does not run.`;
  if (major !== "3" || Number(minor) < oldestMinor) return `${file} is Python ${major}.${minor}.`;
  if (missing.length > 0) return `${file} (Python 3.${minor}) lacks the module ${missing.join(" and ")}.`;
  return undefined;
}

/** The absolute file name of a program on `path`, by default PATH; `null` if it is not there. */
export function findOnPath(name: string, path: string | undefined): Promise<string | null> {
  return which(name, { nothrow: true, ...(path === undefined ? {} : { path }) });
}
