import type { ApiRequest } from "../api/server.ts";
import { EmulatorError } from "../errors.ts";
import type { Child } from "../process/child.ts";
import type { Generation } from "./generation.ts";

/** The process group of `runtime` or of an extension, where it was started. */
export function findProcess(generation: Generation, name: string): Child | undefined {
  return name === "runtime"
    ? generation.runtime.child
    : generation.extensions.find((extension) => extension.name === name)?.child;
}

/** Signals a process group; throws `EmulatorError` where there is none. */
export function killProcess(generation: Generation, name: string, signal: NodeJS.Signals = "SIGKILL"): void {
  const child = findProcess(generation, name);
  if (child === undefined) throw new EmulatorError(`no process ${name}: expected runtime or the name of an extension`);
  child.signal(signal);
}

/** The name of the extension that makes a call, as it gives itself away. */
export function callerOf(generation: Generation, request: ApiRequest): string | undefined {
  const id = request.header("lambda-extension-identifier");
  return (
    request.header("lambda-extension-name") ?? generation.extensions.find((extension) => extension.id === id)?.name
  );
}
