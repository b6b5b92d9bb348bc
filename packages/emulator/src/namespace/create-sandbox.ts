import { chmod, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EnvironmentOptions } from "../options/environment-options.ts";
import { startHolder } from "./holder.ts";
import { codeFolder, mergeLayers } from "./layers.ts";
import { planNamespace } from "./namespace-plan.ts";
import { namespaceSandbox } from "./namespace-sandbox.ts";
import { pathsSandbox } from "./paths-sandbox.ts";
import { findRuntimeProgram } from "./runtime-program.ts";
import type { Sandbox, SandboxParts } from "./sandbox.ts";

/**
 * Builds /opt, /var/task, /var/lang, /var/runtime and /tmp in a mount namespace, or finds paths in place of them.
 * Leaves nothing behind if it throws.
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
    const outcome = await startHolder(await planNamespace(parts), workFolder);
    if (outcome.kind === "ready") return namespaceSandbox(parts, outcome.holder);
    return await pathsSandbox(parts, outcome.reason);
  } catch (error) {
    await rm(workFolder, { recursive: true, force: true });
    throw error;
  }
}
