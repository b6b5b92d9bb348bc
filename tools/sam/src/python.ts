import { $, which } from "zx";
import { SetupError } from "./setup-error.ts";

const names = ["python3", "python3.14", "python3.13", "python3.12", "python3.11", "python3.10", "python"];
const oldestMinor = 10;

const probe = `
import importlib.util, sys
missing = [name for name in ("venv", "ensurepip") if importlib.util.find_spec(name) is None]
print(*sys.version_info[:2], *missing)
`;

/**
 * The first Python on `path` that can make the environment: 3.10 or later, with venv and ensurepip. Shape: its absolute
 * file name.
 * Errors: `SetupError` that says of every Python it saw what it lacks.
 */
export async function findPython(path: string | undefined): Promise<string> {
  const faults = new Set<string>();
  for (const name of names) {
    const file = await which(name, { nothrow: true, ...(path === undefined ? {} : { path }) });
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
