import { join } from "node:path";
import { isExecutable } from "../files/program-file.ts";
import type { Notice } from "../history/log-line.ts";
import type { ClockFolder } from "../process/movable-clock.ts";
import type { RuntimeProgram } from "./runtime-program.ts";

/** Whether the processes of an environment see Lambda's own paths, and why not. */
export type Isolation =
  | { readonly kind: "namespace" }
  /** Paths are rewritten to this machine's. */
  | { readonly kind: "paths"; readonly reason: string };

/** Where the processes of one environment live. */
export interface Sandbox {
  readonly folders: Folders;
  readonly runtime: RuntimeCommand;
  readonly isolation: Isolation;
  /** Where the sandbox is not like Lambda. */
  readonly notices: readonly Notice[];
  /** The environment's /tmp as this process sees it. */
  readonly tmpPath: string;
  readonly clockFolder: ClockFolder;
  /** A path of the inside as this process sees it. */
  hostPath(insidePath: string): string;
  /** The command for this process that runs another one inside. */
  enter(argv: readonly string[], workingFolder?: string): readonly string[];
  /** Ends a process of the inside when the emulator ends, for any reason, unless it has `exited` before. */
  guard(pid: number, exited: Promise<unknown>): void;
  /** Ends every process of the inside, unmounts, removes files; idempotent. */
  close(): Promise<void>;
}

/** What both kinds of sandbox are made of. */
export interface SandboxParts {
  readonly workFolder: string;
  readonly opt: string;
  readonly code: string;
  readonly program: RuntimeProgram;
  readonly tmp: "normal" | "full" | "read-only";
}

/** Folders of the environment as its processes see them. */
export interface Folders {
  readonly opt: string;
  readonly task: string;
  readonly runtime: string;
  /** The value of PATH. */
  readonly path: string;
}

/** The command that is the runtime, for a process inside. */
export interface RuntimeCommand {
  readonly argv: readonly string[];
  /** Whether that is the emulator's own client, which ends the lines inside one record with a carriage return. */
  readonly isOwnClient: boolean;
}

/** Builds the command from paths of the inside; `provided.*` needs no `interpreter`. */
export function toRuntimeCommand(
  { kind, bootstrap }: RuntimeProgram,
  { task, opt, runtime }: Folders,
  { interpreter, hostPath }: Pick<Sandbox, "hostPath"> & { readonly interpreter: string },
): RuntimeCommand {
  if (bootstrap !== undefined) return { argv: bootstrap, isOwnClient: false };
  if (kind === "bootstrap") {
    const own = join(task, "bootstrap");
    const found = [own, join(opt, "bootstrap")].find((path) => isExecutable(hostPath(path)));
    return { argv: [found ?? own], isOwnClient: false };
  }
  const client = kind === "node" ? "node/index.mjs" : "python/bootstrap.py";
  return { argv: [interpreter, join(runtime, client)], isOwnClient: true };
}
