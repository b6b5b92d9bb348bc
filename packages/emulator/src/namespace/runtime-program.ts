import { realpathSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { isExecutable } from "../files/program-file.ts";
import type { Notice } from "../history/log-line.ts";
import type { EnvironmentOptions } from "../options/environment-options.ts";
import { EmulatorError } from "../problems/emulator-error.ts";
import { findPython } from "./interpreter.ts";
import type { PythonInterpreter } from "./interpreter.ts";

/** What runs the function. */
export type RuntimeProgram = Language & {
  /** The caller's own command in place of the emulator's client. */
  readonly bootstrap: readonly string[] | undefined;
};

type Language =
  | { readonly kind: "node"; readonly path: string }
  | ({ readonly kind: "python"; readonly notices: readonly Notice[] } & PythonInterpreter)
  | { readonly kind: "bootstrap" };

/** The folder with the emulator's own runtime clients; the same distance from `src` and from `dist`. */
export const clientsFolder = fileURLToPath(new URL("../../runtimes/", import.meta.url));

/**
 * Finds the interpreter of a function on this machine. Errors: `EmulatorError` if it is missing, or if the emulator has
 * no client for the language.
 */
export function findRuntimeProgram(options: EnvironmentOptions): RuntimeProgram {
  const { runtime, bootstrap } = options.function;
  return { ...findLanguage(runtime, options.nodePath ?? process.execPath, bootstrap !== undefined), bootstrap };
}

function findLanguage(runtime: string, nodePath: string, hasBootstrap: boolean): Language {
  if (/^nodejs\d+\.x$/.test(runtime)) {
    if (!isExecutable(nodePath)) throw new EmulatorError(`nodePath ${nodePath} is not an executable file`);
    return { kind: "node", path: realpathSync(nodePath) };
  }
  const version = /^python(3\.\d+)$/.exec(runtime)?.[1];
  if (version !== undefined) return pythonProgram(version);
  if (hasBootstrap || runtime.startsWith("provided")) return { kind: "bootstrap" };
  throw new EmulatorError(
    `runtime ${runtime}: the emulator has clients for nodejs*.x and python3.*, and runs provided.*; give a command that speaks the Runtime API (bootstrap) for any other`,
  );
}

function pythonProgram(version: string): Language {
  const python = findPython(version, process.env["PATH"] ?? "");
  if (python === undefined) {
    throw new EmulatorError(
      `no python${version} and no python3 on PATH: install one to run a python${version} function`,
    );
  }
  const text = `Python ${python.version} runs the python${version} function: no python${version} on PATH`;
  return { kind: "python", ...python, notices: python.version === version ? [] : [{ kind: "other-python", text }] };
}
