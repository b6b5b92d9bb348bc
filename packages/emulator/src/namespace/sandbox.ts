import type { Notice } from "../history/log-line.ts";
import type { RuntimeProgram } from "./runtime-program.ts";

/** Whether the processes of an environment see Lambda's own paths, and why not. */
export type Isolation =
  | { readonly kind: "namespace" }
  /** Paths are rewritten to this machine's. */
  | { readonly kind: "paths"; readonly reason: string };

/** Where the processes of one environment live. */
export interface Sandbox {
  readonly folders: Folders;
  /** The command that is the runtime, for a process inside. */
  readonly runtimeCommand: readonly string[];
  /** Whether that is the emulator's own client, which ends the lines inside one record with a carriage return. */
  readonly isOwnClient: boolean;
  readonly isolation: Isolation;
  /** Differences from Lambda worth a line, said once. */
  readonly notices: readonly Notice[];
  /** The environment's /tmp as this process sees it. */
  readonly tmpPath: string;
  /** A folder that both this process and those inside see, for the file that says what time it is. */
  readonly clockFolder: { readonly folder: string; readonly insideFolder: string };
  /** A path of the inside as this process sees it. */
  hostPath(insidePath: string): string;
  /** The command for this process that runs another one inside. */
  enter(argv: readonly string[], workingFolder?: string): readonly string[];
  /**
   * Sees to it that a process started inside ends with the emulator, however that ends; `exited` says that it ended
   * itself.
   */
  guard(pid: number, exited: Promise<unknown>): void;
  /** Ends what is left inside, unmounts, removes files; idempotent. */
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
