import { mkdir, rm, stat } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { makeScratchFolder } from "../files/scratch-folder.ts";
import type { ScratchFolder } from "../files/scratch-folder.ts";
import type { Host } from "../host/host.ts";
import { EmulatorError } from "../problems/emulator-error.ts";
import type { CodePlan, Recipe } from "./plan-code.ts";
import { runMake } from "./run-make.ts";
import { runScript } from "./run-script.ts";

/** The code and layers of a function as folders or zip files that are there. */
export interface PreparedCode {
  readonly codePath: string;
  readonly layers: readonly string[];
}

/** Builds what functions need, each thing once; `close` removes what was built. */
export interface Workspace {
  /**
   * Builds what a plan leaves to do, unless that was done before and not forgotten; what failed is tried again.
   * Errors: `EmulatorError` naming the function or layer; `Interrupted`.
   */
  prepare(plan: CodePlan): Promise<PreparedCode>;
  /** The next `prepare` builds it again, somewhere else: what was built stays until `sweep`. */
  forget(logicalId: string): void;
  /** Removes what was built and then forgotten. */
  sweep(): Promise<void>;
  close(): Promise<void>;
}

/** Where builds run and what is told meanwhile. */
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
      await mustBeWritten(recipe);
      return path;
    }
    const { workingFolder } = recipe;
    folder ??= makeScratchFolder("lambda-emulator-build-");
    const artifactsFolder = join((await folder).path, String(count++), logicalId);
    await mkdir(artifactsFolder, { recursive: true });
    onNote(`Building ${logicalId} (make build-${logicalId} in ${shortPath(workingFolder ?? path, host.cwd)})`);
    await runMake({ logicalId, sourceFolder: path, artifactsFolder, workingFolder }, host, onBuildOutput);
    return artifactsFolder;
  };
  const build = (recipe: Recipe): Promise<string> => {
    const known = builds.get(recipe.logicalId);
    if (known !== undefined) return known;
    const running = runRecipe(recipe);
    builds.set(recipe.logicalId, running);
    // The reason may be put right meanwhile.
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

async function mustBeWritten({ logicalId, path, script }: Extract<Recipe, { kind: "package" }>): Promise<void> {
  if ((await stat(path).catch(() => undefined)) !== undefined) return;
  throw new EmulatorError(`layer ${logicalId}: \`${script}\` did not write ContentUri ${path}; correct one of the two`);
}

/** A path as the user would write it. */
export function shortPath(path: string, cwd: string): string {
  const short = relative(cwd, path);
  return short === "" ? "." : short.startsWith("..") ? path : short;
}
