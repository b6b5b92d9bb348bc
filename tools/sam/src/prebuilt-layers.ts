import { existsSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { isScalar, parseDocument, visit } from "yaml";

/** The commands of SAM that use the layers of a template. */
const users = new Set(["build", "deploy", "local", "package", "sync"]);

/**
 * A warning for each folder or zip of build-layer that the command's template names and that is older than its sources:
 * `sam` takes it as it is. Errors: none; SAM itself says what is wrong with a template.
 */
export async function prebuiltWarnings(args: readonly string[], cwd: string): Promise<readonly string[]> {
  if (!users.has(args[0] ?? "")) return [];
  const template = resolve(cwd, templateOf(args) ?? defaultTemplate(cwd));
  const text = existsSync(template) ? readFileSync(template, "utf8") : "";
  const layers = contentsIn(text)
    .map((path) => resolve(dirname(template), path))
    .filter((path) => existsSync(join(dirname(path), "built-from.json")));
  if (layers.length === 0) return [];
  // Loaded only if it is needed: it loads esbuild.
  const { changeWarning } = await import("@lambda-extension/build-layer");
  return [...new Set(layers.map((layer) => changeWarning(layer, cwd)))].filter((warning) => warning !== undefined);
}

/** Every `ContentUri` and `Content` of a template in YAML or JSON that is a text. */
function contentsIn(template: string): readonly string[] {
  const paths: string[] = [];
  visit(parseDocument(template), {
    Pair(_, { key, value }) {
      const isContent = isScalar(key) && (key.value === "ContentUri" || key.value === "Content");
      if (isContent && isScalar(value) && typeof value.value === "string") paths.push(value.value);
    },
  });
  return paths;
}

function templateOf(args: readonly string[]): string | undefined {
  const index = args.findIndex((arg) => ["-t", "--template", "--template-file"].includes(arg));
  const joined = args.map((arg) => /^--template(?:-file)?=(.*)$/.exec(arg)?.[1]).find((value) => value !== undefined);
  return joined ?? (index === -1 ? undefined : args[index + 1]);
}

/** In SAM's own order. */
function defaultTemplate(cwd: string): string {
  const names = ["template.yaml", "template.yml", "template.json"];
  return names.find((name) => existsSync(join(cwd, name))) ?? "template.yaml";
}
