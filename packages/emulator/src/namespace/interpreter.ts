import { execFileSync } from "node:child_process";
import { existsSync, realpathSync } from "node:fs";
import { basename, delimiter, dirname, join } from "node:path";
import { isExecutable } from "../files/program-file.ts";

/** A Python of this machine. */
export interface PythonInterpreter {
  /** The executable itself: not a link, and not a version manager's shim. */
  readonly path: string;
  /** The folder that holds its `bin` and `lib`. */
  readonly prefix: string;
  /** `3.12`. */
  readonly version: string;
}

/** Finds the Python for a version such as `3.12`: exactly that version, else `python3`. */
export function findPython(version: string, searchPath: string): PythonInterpreter | undefined {
  const candidates = (name: string): readonly string[] =>
    searchPath
      .split(delimiter)
      .map((folder) => join(folder, name))
      .filter((path) => isExecutable(path));
  const exact = candidates(`python${version}`);
  // A version manager's shim takes half a second to tell its version: it runs only if no path tells the version.
  return (
    first(exact, readPython) ??
    first(exact, askPython) ??
    first(candidates("python3"), (path) => readPython(path) ?? askPython(path))
  );
}

function first(
  candidates: readonly string[],
  inspect: (path: string) => PythonInterpreter | undefined,
): PythonInterpreter | undefined {
  for (const candidate of candidates) {
    const found = inspect(candidate);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** What the path of the file tells. */
function readPython(candidate: string): PythonInterpreter | undefined {
  const path = realpathSync(candidate);
  const version = /^python(3\.\d+)$/.exec(basename(path))?.[1];
  const prefix = dirname(dirname(path));
  const isKnown = version !== undefined && existsSync(join(prefix, "lib", `python${version}`, "os.py"));
  return isKnown ? { path, prefix, version } : undefined;
}

const answers = new Map<string, PythonInterpreter | undefined>();

/** What the program says about itself; it runs once. */
function askPython(candidate: string): PythonInterpreter | undefined {
  if (!answers.has(candidate)) answers.set(candidate, runPython(candidate));
  return answers.get(candidate);
}

function runPython(candidate: string): PythonInterpreter | undefined {
  const program =
    "import sys,os; print(os.path.realpath(sys.executable), sys.base_prefix, '%d.%d' % sys.version_info[:2], sep='\\n')";
  try {
    const output = execFileSync(candidate, ["-c", program], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
    const [path, prefix, version] = output.split("\n");
    if (!path || !prefix || !version) return undefined;
    // The program of a virtual environment may be a copy that works only inside it.
    const original = join(prefix, "bin", `python${version}`);
    return { path: isExecutable(original) ? realpathSync(original) : path, prefix, version };
  } catch {
    // A shim of a version that is not installed.
    return undefined;
  }
}
