import { readFile, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { EmulatorError } from "../problems/emulator-error.ts";
import { fileProblem } from "../problems/file-problem.ts";
import { parseTemplate } from "../template/parse-template.ts";
import type { Template } from "../template/parse-template.ts";

/** A template that was found and read. */
export interface TemplateFile {
  readonly path: string;
  /** Where its relative paths start. */
  readonly folder: string;
  readonly template: Template;
  /** Set where the template was not named and a newer one lies beside it. */
  readonly warning: string | undefined;
  /**
   * Set where the template was not named and `sam build` made this one: what it was made of, as far as is known, and
   * when.
   */
  readonly built: { readonly from: string; readonly epochMs: number } | undefined;
}

/** Where a template is looked for, in `sam local`'s order: what `sam build` made comes first. */
const builtTemplate = join(".aws-sam", "build", "template.yaml");
const writtenTemplates = ["template.yaml", "template.yml", "template.json"];

/**
 * Finds and reads the template; unnamed, what `sam build` made comes first unless `skipsBuilt`. Errors: `EmulatorError`
 * where there is none or it does not parse (with the lines).
 */
export async function readTemplate(
  given: string | undefined,
  { cwd, skipsBuilt = false }: { readonly cwd: string; readonly skipsBuilt?: boolean },
): Promise<TemplateFile> {
  const file =
    given ?? (await firstThatExists(skipsBuilt ? writtenTemplates : [builtTemplate, ...writtenTemplates], cwd));
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
  const isDefaultBuilt = given === undefined && file === builtTemplate;
  const epochMs = isDefaultBuilt ? await modifiedMs(path) : undefined;
  const source = epochMs === undefined ? undefined : await firstThatExists(writtenTemplates, cwd);
  const built = epochMs === undefined || source === undefined ? undefined : { from: source, epochMs };
  const newer = epochMs === undefined ? undefined : await newerThan(epochMs, writtenTemplates, cwd);
  const warning =
    newer === undefined ? undefined : `${newer} is newer than ${builtTemplate}: run sam build, or use -t ${newer}`;
  return { path, folder: dirname(path), template: parsed.value, warning, built };
}

async function firstThatExists(files: readonly string[], cwd: string): Promise<string | undefined> {
  for (const file of files) if ((await modifiedMs(resolve(cwd, file))) !== undefined) return file;
  return undefined;
}

async function newerThan(builtMs: number, files: readonly string[], cwd: string): Promise<string | undefined> {
  for (const file of files) if (((await modifiedMs(resolve(cwd, file))) ?? 0) > builtMs) return file;
  return undefined;
}

async function modifiedMs(path: string): Promise<number | undefined> {
  const found = await stat(path).catch(() => undefined);
  return found?.isFile() === true ? found.mtimeMs : undefined;
}
