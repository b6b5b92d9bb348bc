import { relative, resolve, sep } from "node:path";
import { isNoCode, isNotBundled } from "../project/not-code.ts";
import type { CodePlan, Recipe } from "../project/plan-code.ts";
import type { ProjectOptions } from "../project/project-options.ts";
import type { EventSource } from "../project/read-event.ts";
import { findLinkedPackages } from "./linked-packages.ts";
import type { WatchRoot } from "./watch-tree.ts";

/** What a change of a file means. */
export type Meaning =
  /** The template, or the file of `--env-vars`: the function is to be resolved again. */
  | { readonly kind: "settings" }
  | { readonly kind: "event" }
  /** Code or a layer. */
  | { readonly kind: "code"; readonly logicalId: string };

/** Files and folders that a running function was made of. */
export interface Input extends WatchRoot {
  readonly meaning: Meaning;
}

/** Lists what a function is made of. Returns single files first. Errors: none. */
export async function listInputs(
  { event, project }: { readonly event: EventSource; readonly project: ProjectOptions },
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

/** Of everything that is watched: the file means that. Single files mean nothing else, also inside a folder of code. */
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
