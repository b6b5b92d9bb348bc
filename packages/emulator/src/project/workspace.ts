import { mkdir, rm } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { makeScratchFolder } from "../files/scratch-folder.ts";
import type { ScratchFolder } from "../files/scratch-folder.ts";
import type { Host } from "../host/host.ts";
import type { CodePlan, Recipe } from "./plan-code.ts";
import { runMake, runScript } from "./run-recipe.ts";

/** The code and layers of a function as folders or zip files on this machine. */
export interface PreparedCode {
  readonly codePath: string;
  readonly layers: readonly string[];
}

/** Builds what functions need, each thing once; `close` removes what was built. */
export interface Workspace {
  /**
   * Builds the code and layers of a plan, each unless it is built and not forgotten; tries again what failed.
   * Errors: `EmulatorError` naming the function or layer; `Interrupted`.
   */
  prepare(plan: CodePlan): Promise<PreparedCode>;
  /** The next `prepare` builds it again, into another folder: the old one stays until `sweep`. */
  forget(logicalId: string): void;
  /** Removes what was built and forgotten. */
  sweep(): Promise<void>;
  close(): Promise<void>;
}

/** Where builds run, and what hears of them. */
export interface WorkspaceOptions {
  readonly host: Host;
  readonly onNote: (text: string) => void;
  readonly onBuildOutput: (text: string) => void;
}

/** An empty workspace; its folder is made when something is built. */
export function createWorkspace(options: WorkspaceOptions): Workspace {
  let folder: Promise<ScratchFolder> | undefined;
  let count = 0;
  const builds = new Map<string, Promise<string>>();
  const forgotten: Promise<string>[] = [];
  const runRecipe = async (recipe: Recipe): Promise<string> => {
    const { host, onNote, onBuildOutput } = options;
    if (recipe.kind === "ready") return recipe.path;
    const { logicalId, path } = recipe;
    if (recipe.kind === "package") {
      onNote(`Building ${logicalId} (${recipe.script} in ${shortPath(recipe.packageFolder, host.cwd)})`);
      await runScript(recipe, host, onBuildOutput);
      return path;
    }
    folder ??= makeScratchFolder("lambda-emulator-build-");
    const artifactsFolder = join((await folder).path, String(count++), logicalId);
    await mkdir(artifactsFolder, { recursive: true });
    onNote(`Building ${logicalId} (make build-${logicalId} in ${shortPath(recipe.workingFolder ?? path, host.cwd)})`);
    await runMake({ ...recipe, artifactsFolder }, host, onBuildOutput);
    return artifactsFolder;
  };
  const build = (recipe: Recipe): Promise<string> => {
    const known = builds.get(recipe.logicalId);
    if (known !== undefined) return known;
    const running = runRecipe(recipe);
    builds.set(recipe.logicalId, running);
    // The user may correct the cause meanwhile.
    running.catch(() => builds.delete(recipe.logicalId));
    return running;
  };
  return {
    async prepare({ code, layers }) {
      const paths: string[] = [];
      for (const recipe of layers) paths.push(await build(recipe));
      return { codePath: await build(code), layers: paths };
    },
    forget(logicalId) {
      const known = builds.get(logicalId);
      builds.delete(logicalId);
      if (known !== undefined) forgotten.push(known);
    },
    async sweep() {
      const own = folder === undefined ? undefined : `${(await folder).path}/`;
      for (const path of await Promise.all(forgotten.splice(0))) {
        // Each lies in a folder of its own.
        if (own !== undefined && path.startsWith(own)) await rm(dirname(path), { recursive: true, force: true });
      }
    },
    async close() {
      await (await folder)?.close();
    },
  };
}

/** A path as the user would write it. */
export function shortPath(path: string, cwd: string): string {
  const short = relative(cwd, path);
  return short === "" ? "." : short.startsWith("..") ? path : short;
}
