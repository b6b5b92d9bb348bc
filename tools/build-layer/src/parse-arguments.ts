import { parseArgs } from "node:util";
import { BuildError } from "./build-error.ts";
import { architectures } from "./config/extension-settings.ts";
import type { Architecture } from "./config/extension-settings.ts";
import { snippetKinds } from "./snippet/snippets.ts";
import type { SnippetKind } from "./snippet/snippets.ts";

/** What the command line asks for. `report` and `sbom` are files to write. */
export type Command =
  | { readonly kind: "help" | "version" }
  | { readonly kind: "init"; readonly folder: string }
  | { readonly kind: "snippet"; readonly of: readonly SnippetKind[] }
  | ({ readonly kind: "check"; readonly path: string } & Pick<Options, "architecture" | "json">)
  | ({ readonly kind: "build" } & Options);

type Options = Readonly<Omit<ReturnType<typeof read>["values"], "architecture">> & {
  readonly architecture: Architecture | undefined;
};

/** What `--help` prints. */
export const usage = `build-layer: a TypeScript extension becomes a Lambda layer.
Run it in a folder whose package.json has "lambdaExtension", or start with init.

  build-layer                       writes dist/layer and dist/<name>.zip
  build-layer --out DIR             writes the layer's content into DIR (SAM: "$(ARTIFACTS_DIR)")
  build-layer --zip FILE            writes the layer as that zip, and nothing else
  build-layer --check DIR|ZIP       checks a layer that any tool may have made
  build-layer init FOLDER           makes a new extension that builds, runs and tests itself
  build-layer snippet [sam|cdk|container]
                                    prints what to paste into a template, a stack or a Dockerfile

  --architecture x86_64|arm64       for this one only; default: all that package.json lists (--out, --zip: the first; --check: any)
  --watch                           build again after every change
  --report FILE.html                draw what the bundle is made of
  --sbom FILE.json                  write a bill of materials (CycloneDX), and the license texts beside it
  --json                            print the report as JSON
  --help, --version
`;

const options = {
  out: { type: "string" },
  zip: { type: "string" },
  check: { type: "string" },
  architecture: { type: "string" },
  report: { type: "string" },
  sbom: { type: "string" },
  json: { type: "boolean", default: false },
  watch: { type: "boolean", default: false },
  help: { type: "boolean", short: "h", default: false },
  version: { type: "boolean", default: false },
} as const;

/** Errors: `BuildError` that names the option. */
export function parseArguments(args: readonly string[]): Command {
  const { values, positionals } = read(args);
  const { help, version, check, out, zip, report, sbom, json, watch } = values;
  if (help) return { kind: "help" };
  if (version) return { kind: "version" };
  if (watch && json) throw new BuildError("--watch: expected without --json");
  const architecture =
    values.architecture === undefined
      ? undefined
      : parseOneOf(values.architecture, architectures, `--architecture: expected ${architectures.join(" or ")}`);
  for (const [key, path] of Object.entries({ out, zip, check, report, sbom })) {
    if (path === "") throw new BuildError(`--${key}: expected a path, got an empty one`);
  }
  const [command, ...rest] = positionals;
  const option = args.find((arg) => arg.startsWith("-"));
  if (command !== undefined && option !== undefined) {
    throw new BuildError(`${command}: expected without options, got ${option}`);
  }
  if (command === "init") return { kind: "init", folder: parseFolder(rest) };
  if (command === "snippet") {
    const expected = `snippet: expected ${snippetKinds.join(", ")}`;
    const kinds = rest.map((word) => parseOneOf(word, snippetKinds, expected));
    return { kind: "snippet", of: kinds.length === 0 ? snippetKinds : kinds };
  }
  if (command !== undefined) {
    throw new BuildError(`expected init, snippet or options, got ${JSON.stringify(command)}. See build-layer --help`);
  }
  if (out !== undefined && zip !== undefined) throw new BuildError("--zip: expected without --out");
  if (check === undefined) return { kind: "build", ...values, architecture };
  if (watch || [out, zip, report, sbom].some((path) => path !== undefined)) {
    throw new BuildError("--check: expected without --out, --zip, --report, --sbom and --watch");
  }
  return { kind: "check", path: check, architecture, json };
}

function read(args: readonly string[]) {
  try {
    const parsed = parseArgs({ args: [...args], options, allowPositionals: true, tokens: true });
    const names = parsed.tokens.flatMap((token) => (token.kind === "option" ? [token.name] : []));
    const again = names.find((name, index) => names.indexOf(name) < index);
    if (again !== undefined) throw new BuildError(`--${again}: expected once`);
    return parsed;
  } catch (error) {
    if (error instanceof BuildError) throw error;
    const message = error instanceof Error ? error.message : String(error);
    throw new BuildError(`${message.split(/\.\s/)[0]}. See build-layer --help`, { cause: error });
  }
}

function parseFolder([folder, ...rest]: readonly string[]): string {
  if (folder === undefined || folder === "" || rest.length > 0) {
    throw new BuildError("init: expected one folder, for example: build-layer init my-extension");
  }
  return folder;
}

function parseOneOf<T extends string>(value: string, allowed: readonly T[], expected: string): T {
  const found = allowed.find((one) => one === value);
  if (found === undefined) throw new BuildError(`${expected}, got ${JSON.stringify(value)}`);
  return found;
}
