import { builtinModules } from "node:module";
import { build } from "esbuild";
import type { BuildOptions, Message, Metafile } from "esbuild";
import { BuildError } from "../build-error.ts";
import type { ExtensionSettings } from "../config/extension-settings.ts";
import type { Project } from "../config/project.ts";
import { checkModules } from "./check-modules.ts";
import { explainMessage, toLack, toLine } from "./explain-message.ts";
import { findLacks } from "./find-lacks.ts";
import { importMetaLine, importMetaNames } from "./import-meta.ts";
import { toWarnings } from "./lack.ts";
import { leaveUnmatched } from "./unmatched-requires.ts";

/** One CommonJS file for Node 20 and newer. */
export interface Bundle {
  readonly code: Uint8Array;
  /** `index.cjs.map`, if the project asks for it. */
  readonly sourceMap: Uint8Array | undefined;
  /** What it was made of, also the files of which tree shaking left nothing. */
  readonly sources: readonly Source[];
  /** esbuild's warnings, one line each. */
  readonly warnings: readonly string[];
}

/** A source file, relative to the project's folder, with its share of the bundle after minifying. */
export interface Source {
  readonly path: string;
  readonly bytes: number;
}

/** The parts of a project that decide about its bundle. */
export interface BundleRequest extends Pick<Project, "folder" | "entry"> {
  readonly settings: Pick<ExtensionSettings, "sourceMap" | "engine" | "runtime" | "external" | "loader" | "keepNames">;
}

/**
 * Bundles the project's entry: CommonJS (an ES module that imports node:http costs 40 ms more at start: it loads
 * undici), minified, tree-shaken. A source map names the sources and does not contain them. `beside` are the paths of
 * the files that lie beside the bundle.
 * Errors: `BuildError` with esbuild's messages as `file:line: text`, or with the modules that the engine lacks.
 */
export async function bundleEntry(request: BundleRequest, beside: readonly string[] = []): Promise<Bundle> {
  const { folder, entry, settings } = request;
  const result = await runEsbuild(request).catch((error: unknown) => {
    throw new BuildError(
      isBuildFailure(error) ? error.errors.map((message) => explainMessage(message, entry)) : String(error),
      { cause: error },
    );
  });
  const code = result.outputFiles.find(({ path }) => path.endsWith(".cjs"))?.contents;
  if (code === undefined) throw new Error("BUG: esbuild made no output file");
  if (code.byteLength === 0) {
    throw new BuildError(
      "lambdaExtension.entry: expected a program that does something when it is loaded, got nothing: tree shaking removed all of it",
    );
  }
  const { problems, warnings } = checkModules(result.metafile, settings, builtinModules);
  if (problems.length > 0) throw new BuildError(problems);
  const sourceMap = result.outputFiles.find(({ path }) => path.endsWith(".map"));
  const sources = toSources(result.metafile);
  const held = sources.filter(({ bytes }) => bytes > 0).map(({ path }) => path);
  const messages = result.warnings.filter(({ location }) => location === null || held.includes(location.file));
  const lacks = [
    ...findLacks({ folder, sources: held, beside, keepNames: settings.keepNames }),
    ...messages.flatMap((message) => toLack(message) ?? []),
  ];
  return {
    code,
    sourceMap: sourceMap && withoutOutside(sourceMap.text),
    sources,
    warnings: [
      ...messages.filter((message) => toLack(message) === undefined).map(toLine),
      ...warnings,
      ...toWarnings(lacks),
    ],
  };
}

/** Builds, and again with a line in front if a module uses `import.meta`. */
async function runEsbuild(request: BundleRequest) {
  const result = await buildTolerant(toOptions(request, ""));
  const line = importMetaLine(result.outputFiles.map(({ text }) => text).join("\n"));
  return line === undefined ? result : buildTolerant(toOptions(request, line));
}

/** Builds, and again if a package requires by patterns that match no file. */
async function buildTolerant(options: ReturnType<typeof toOptions>) {
  try {
    return await build(options);
  } catch (error) {
    const plugin = isBuildFailure(error) ? leaveUnmatched(error.errors, options.absWorkingDir) : undefined;
    if (plugin === undefined) throw error;
    return build({ ...options, plugins: [plugin] });
  }
}

function toOptions({ folder, entry, settings }: BundleRequest, firstLine: string) {
  return {
    absWorkingDir: folder,
    entryPoints: [entry.kind === "file" ? entry.path : entry.specifier],
    outfile: "index.cjs",
    bundle: true,
    platform: "node",
    format: "cjs",
    target: "node20",
    minify: true,
    keepNames: settings.keepNames,
    charset: "utf8",
    // Node.js prints the line that throws. If the bundle were one line, it would print all of it.
    lineLimit: 500,
    legalComments: "none",
    sourcemap: settings.sourceMap ? "linked" : false,
    sourcesContent: false,
    external: [...settings.external],
    loader: settings.loader,
    define: importMetaNames,
    banner: { js: firstLine },
    write: false,
    metafile: true,
    logLevel: "silent",
    // By default esbuild does not report calls that only Node.js can resolve. Beside a bundle they mostly find nothing.
    logOverride: { "unsupported-require-call": "warning", "unsupported-dynamic-import": "warning" },
  } satisfies BuildOptions;
}

function toSources({ inputs, outputs }: Metafile): readonly Source[] {
  const shares = new Map(Object.values(outputs).flatMap((output) => Object.entries(output.inputs)));
  return Object.keys(inputs).map((path) => ({ path, bytes: shares.get(path)?.bytesInOutput ?? 0 }));
}

/** Names sources outside the project by the part of their path that means something on another machine. */
function withoutOutside(text: string): Uint8Array {
  const map = JSON.parse(text) as { readonly sources: readonly string[] };
  const sources = map.sources.map((source) => source.replace(/^(\.\.\/)+/, "").replace(/^.*\/(?=node_modules\/)/, ""));
  return new TextEncoder().encode(JSON.stringify({ ...map, sources }));
}

function isBuildFailure(error: unknown): error is { readonly errors: readonly Message[] } {
  return typeof error === "object" && error !== null && "errors" in error && Array.isArray(error.errors);
}
