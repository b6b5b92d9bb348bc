import { chmod, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EnvironmentOptions } from "../environment-options.ts";
import type { Folders } from "../process/environment-variables.ts";
import { startHolder } from "./holder.ts";
import { codeFolder, mergeLayers } from "./layers.ts";
import { planNamespace } from "./namespace-plan.ts";
import { namespaceSandbox } from "./namespace-sandbox.ts";
import { pathsSandbox } from "./paths-sandbox.ts";
import { findRuntimeProgram } from "./runtime-program.ts";
import type { RuntimeProgram } from "./runtime-program.ts";

/** Where the processes of one environment live. */
export interface Sandbox {
  readonly folders: Folders;
  /** The command that is the runtime, for a process inside. */
  readonly runtimeCommand: readonly string[];
  /** Whether that is the emulator's own client, which ends the lines inside one record with a carriage return. */
  readonly isOwnClient: boolean;
  /** Differences from Lambda worth a line, said once. */
  readonly notices: readonly string[];
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

/**
 * Builds /opt, /var/task, /var/lang, /var/runtime and /tmp in a mount namespace, or finds paths that stand for them.
 * Leaves nothing behind when it throws.
 */
export async function createSandbox(options: EnvironmentOptions): Promise<Sandbox> {
  const program = findRuntimeProgram(options);
  const workFolder = await mkdtemp(join(tmpdir(), "lambda-emulator-"));
  try {
    const opt = await mergeLayers(options.layers, workFolder);
    const code = await codeFolder(options.function.codePath, workFolder);
    await mkdir(join(workFolder, "tmp"));
    await chmod(join(workFolder, "tmp"), 0o1777);
    const parts: SandboxParts = { workFolder, opt, code, program, tmp: options.tmp ?? "normal" };
    if (options.isolation === "paths") return await pathsSandbox(parts, "as asked");
    const plan = await planNamespace(parts);
    const outcome = await startHolder(plan.mounts, workFolder);
    if (outcome.kind === "ready") return namespaceSandbox(parts, plan, outcome.holder);
    return await pathsSandbox(parts, outcome.reason);
  } catch (error) {
    await rm(workFolder, { recursive: true, force: true });
    throw error;
  }
}
