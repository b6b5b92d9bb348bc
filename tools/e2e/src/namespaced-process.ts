import { readFile } from "node:fs/promises";
import { startProcess } from "./background-process.ts";
import type { BackgroundProcess, ProcessSpec } from "./background-process.ts";

/** A program in a mount and a process namespace of its own: what it starts and what it mounts end with it. */
export interface NamespacedProcess extends BackgroundProcess {
  /** The program's pid as this machine sees it; that of `pid` is a process that only waits. */
  findMainPid(): Promise<number>;
}

/** Starts a program in namespaces of its own; `network`: in a network of its own too, with only a loopback in it. */
export async function startNamespaced(
  spec: ProcessSpec,
  { network = false }: { readonly network?: boolean } = {},
): Promise<NamespacedProcess> {
  const namespaces = ["--mount", "--pid", "--fork", "--kill-child", "--mount-proc", ...(network ? ["--net"] : [])];
  const asRoot = process.getuid?.() === 0 ? [] : ["--user", "--map-root-user"];
  // Killed with this process, however that ends; and what it waits for is killed with it.
  const waiter = ["--pdeathsig", "KILL", "unshare", ...namespaces, ...asRoot];
  const waiting = await startProcess({ ...spec, file: "setpriv", args: [...waiter, spec.file, ...spec.args] });
  return {
    ...waiting,
    findMainPid: async () => Number(await readFile(`/proc/${waiting.pid}/task/${waiting.pid}/children`, "utf8")),
  };
}
