import { realpathSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { isExecutable } from "../files/program-file.ts";
import type { Notice } from "../history/log-line.ts";
import type { EnvironmentOptions } from "../options/environment-options.ts";
import { EmulatorError } from "../problems/emulator-error.ts";
import { findPython } from "./interpreter.ts";
import type { PythonInterpreter } from "./interpreter.ts";

/** What runs the function. */
export type RuntimeProgram =
  | { readonly kind: "node"; readonly path: string; readonly bootstrap: readonly string[] | undefined }
  | {
      readonly kind: "python";
      readonly python: PythonInterpreter;
      readonly bootstrap: readonly string[] | undefined;
      readonly notice: Notice | undefined;
    }
  | { readonly kind: "bootstrap"; readonly bootstrap: readonly string[] | undefined };

/** The folder with the emulator's own runtime clients; the same distance from `src` and from `dist`. */
export const clientsFolder = fileURLToPath(new URL("../../runtimes/", import.meta.url));

/**
 * Finds the interpreter of a function on this machine; throws `EmulatorError` where there is none, or for a language
 * without a client here.
 */
export function findRuntimeProgram(options: EnvironmentOptions): RuntimeProgram {
  const { runtime, bootstrap } = options.function;
  if (/^nodejs\d+\.x$/.test(runtime)) return nodeProgram(options.nodePath ?? process.execPath, bootstrap);
  const version = /^python(3\.\d+)$/.exec(runtime)?.[1];
  if (version !== undefined) return pythonProgram(version, bootstrap);
  if (bootstrap !== undefined || runtime.startsWith("provided")) return { kind: "bootstrap", bootstrap };
  throw new EmulatorError(
    `runtime ${runtime}: the emulator has clients for nodejs*.x and python3.*, and runs provided.*; give a command that speaks the Runtime API (bootstrap) for any other`,
  );
}

function nodeProgram(path: string, bootstrap: readonly string[] | undefined): RuntimeProgram {
  if (!isExecutable(path)) throw new EmulatorError(`nodePath ${path} is not an executable file`);
  return { kind: "node", path: realpathSync(path), bootstrap };
}

function pythonProgram(version: string, bootstrap: readonly string[] | undefined): RuntimeProgram {
  const python = findPython(version, process.env["PATH"] ?? "");
  if (python === undefined) {
    throw new EmulatorError(
      `no python${version} and no python3 on PATH: install one to run a python${version} function`,
    );
  }
  const text = `Python ${python.version} runs the python${version} function: no python${version} on PATH`;
  const notice: Notice | undefined = python.version === version ? undefined : { kind: "other-python", text };
  return { kind: "python", python, bootstrap, notice };
}

/** Whether the emulator's own client runs the function. */
export function hasOwnClient(program: RuntimeProgram): boolean {
  return program.kind !== "bootstrap" && program.bootstrap === undefined;
}

/** What is to be said of the program. */
export function programNotices(program: RuntimeProgram): readonly Notice[] {
  return program.kind === "python" && program.notice !== undefined ? [program.notice] : [];
}
