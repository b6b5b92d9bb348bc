import { readFile, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { EmulatorError, fileProblem } from "../problems/emulator-error.ts";
import { parseTemplate } from "../template/parse-template.ts";
import type { Template } from "../template/parse-template.ts";

/** A template and its file. */
export interface TemplateFile {
  readonly path: string;
  /** Where its relative paths start. */
  readonly folder: string;
  readonly template: Template;
  /** A warning if the template was not named and a newer one lies beside it. */
  readonly warnings: readonly string[];
  /**
   * Set if the template was not named, `sam build` made this one, and no newer one lies beside it: when, and from which
   * template as far as the names tell.
   */
  readonly built: { readonly from: string; readonly epochMs: number } | undefined;
}

/** The default names in `sam local`'s order: what `sam build` made comes first. */
const builtTemplate = join(".aws-sam", "build", "template.yaml");
const writtenTemplates = ["template.yaml", "template.yml", "template.json"];

/**
 * Finds and reads the template; without a name it takes the first of the default names, and `skipsBuilt` leaves out
 * what `sam build` made. Errors: `EmulatorError` if there is no template or it does not parse (with the lines).
 */
export async function readTemplate(
  given: string | undefined,
  { cwd, skipsBuilt = false }: { readonly cwd: string; readonly skipsBuilt?: boolean },
): Promise<TemplateFile> {
  const defaults = skipsBuilt ? writtenTemplates : [builtTemplate, ...writtenTemplates];
  const file = given ?? (await firstChangedAfter(-Infinity, defaults, cwd));
  if (file === undefined) {
    throw new EmulatorError(
      `no ${writtenTemplates.join(", ")} or ${builtTemplate} in ${cwd}: name the template with -t`,
    );
  }
  const path = resolve(cwd, file);
  const text = await readFile(path, "utf8").catch((error: unknown) => {
    throw new EmulatorError(`template ${file} ${fileProblem(error)}: name a SAM template with -t`);
  });
  const parsed = parseTemplate(text);
  if (parsed.kind === "problems") {
    throw new EmulatorError(
      parsed.problems.map((one) => `${file}:${one.line}:${one.column}: ${one.message}`).join("\n"),
    );
  }
  const found = { path, folder: dirname(path), template: parsed.value, warnings: [], built: undefined };
  if (given !== undefined || file !== builtTemplate) return found;
  const epochMs = (await modifiedMs(path)) ?? Infinity;
  const newer = await firstChangedAfter(epochMs, writtenTemplates, cwd);
  if (newer !== undefined) {
    return { ...found, warnings: [`${newer} is newer than ${builtTemplate}: run sam build, or use -t ${newer}`] };
  }
  const from = await firstChangedAfter(-Infinity, writtenTemplates, cwd);
  return from === undefined ? found : { ...found, built: { from, epochMs } };
}

async function firstChangedAfter(epochMs: number, files: readonly string[], cwd: string): Promise<string | undefined> {
  for (const file of files) if (((await modifiedMs(resolve(cwd, file))) ?? -Infinity) > epochMs) return file;
  return undefined;
}

async function modifiedMs(path: string): Promise<number | undefined> {
  const found = await stat(path).catch(() => undefined);
  return found?.isFile() === true ? found.mtimeMs : undefined;
}
