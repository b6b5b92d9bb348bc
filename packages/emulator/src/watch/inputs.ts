import { relative, resolve, sep } from "node:path";
import type { ProjectOptions } from "../project/load-functions.ts";
import type { CodePlan, Recipe } from "../project/plan-code.ts";
import type { EventSource } from "../project/read-event.ts";
import { isNoCode, isNotBundled } from "../project/source-files.ts";
import { findLinkedPackages } from "./linked-packages.ts";
import type { WatchRoot } from "./watch-tree.ts";

/** Which function to watch, and the event of its invocations. */
export interface FunctionRequest {
  /** Undefined: the template's only function. */
  readonly functionName: string | undefined;
  readonly event: EventSource;
  readonly project: ProjectOptions;
}

/** What a changed file is part of. */
export type Meaning =
  /** The template, or the file of `--env-vars`: the function must be resolved again. */
  | { readonly kind: "settings" }
  | { readonly kind: "event" }
  /** Code or a layer. */
  | { readonly kind: "code"; readonly logicalId: string };

/** A file or folder that a running function was made of. */
export interface Input extends WatchRoot {
  readonly meaning: Meaning;
}

/** Lists the files and folders that a function is made of, single files first. Errors: none. */
export async function listInputs(
  { event, project }: FunctionRequest,
  made: { readonly cwd: string; readonly templatePath: string; readonly plan: CodePlan },
): Promise<readonly Input[]> {
  const file = (path: string, kind: "settings" | "event"): Input => ({
    path,
    meaning: { kind },
    isIgnored: () => false,
  });
  const { envVarsFile } = project;
  const recipes = [made.plan.code, ...made.plan.layers];
  return [
    file(made.templatePath, "settings"),
    ...(envVarsFile === undefined ? [] : [file(resolve(made.cwd, envVarsFile), "settings")]),
    ...(event.kind === "file" ? [file(resolve(made.cwd, event.file), "event")] : []),
    ...(await Promise.all(recipes.map(inputsOfRecipe))).flat(),
  ];
}

/** What a file is part of. A single file, such as the template, is nothing else, also inside a folder of code. */
export function meaningsOf(path: string, inputs: readonly Input[]): readonly Meaning[] {
  const single = inputs.filter((input) => input.path === path && input.meaning.kind !== "code");
  const found = single.length > 0 ? single : inputs.filter((input) => isInside(path, input));
  return found.map((input) => input.meaning);
}

function isInside(path: string, input: Input): boolean {
  const below = relative(input.path, path);
  if (below === "") return true;
  const names = below.split(sep);
  return names[0] !== ".." && !names.some((name) => input.isIgnored(name));
}

async function inputsOfRecipe(recipe: Recipe): Promise<readonly Input[]> {
  const { logicalId } = recipe;
  const toInput = (path: string, isIgnored: Input["isIgnored"]): Input => ({
    path,
    isIgnored,
    meaning: { kind: "code", logicalId },
  });
  if (recipe.kind === "ready") return [toInput(recipe.path, isNoCode)];
  const folders =
    recipe.kind === "package" ? [recipe.packageFolder] : [recipe.path, recipe.workingFolder ?? recipe.path];
  const linked = (await Promise.all(folders.map(findLinkedPackages))).flat();
  return [
    ...[...new Set(folders)].map((path) => toInput(path, (name) => isNotBundled(name) || name === "dist")),
    // A linked package may be bundled from what it builds.
    ...[...new Set(linked)].map((path) => toInput(path, isNotBundled)),
  ];
}
