import { builtinModules } from "node:module";
import { build } from "esbuild";
import type { Message, Metafile } from "esbuild";
import { BuildError } from "../build-error.ts";
import type { ExtensionSettings } from "../config/extension-settings.ts";
import type { Project } from "../config/project.ts";
import { checkModules } from "./check-modules.ts";

/** One CommonJS file for Node 20 and newer. */
export interface Bundle {
  readonly code: Uint8Array;
  /** `index.cjs.map`, if the project asks for it. */
  readonly sourceMap: Uint8Array | undefined;
  /** What it was made of, with the files of which tree shaking left nothing. */
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
  readonly settings: Pick<ExtensionSettings, "sourceMap" | "engine" | "runtime">;
}

/**
 * Bundles the project's entry: CommonJS (an ES module that imports node:http costs 40 ms more at start: it loads
 * undici), minified, tree-shaken. A source map names the sources and does not contain them.
 * Errors: `BuildError` with esbuild's messages as `file:line: text`, or with the modules that the engine lacks.
 */
export async function bundleEntry({ folder, entry, settings }: BundleRequest): Promise<Bundle> {
  const result = await build({
    absWorkingDir: folder,
    entryPoints: [entry.kind === "file" ? entry.path : entry.specifier],
    outfile: "index.cjs",
    bundle: true,
    platform: "node",
    format: "cjs",
    target: "node20",
    minify: true,
    charset: "utf8",
    // Node.js prints the line that throws. If the bundle were one line, it would print all of it.
    lineLimit: 200,
    legalComments: "none",
    sourcemap: settings.sourceMap ? "linked" : false,
    sourcesContent: false,
    write: false,
    metafile: true,
    logLevel: "silent",
  }).catch((error: unknown) => {
    throw new BuildError(
      isBuildFailure(error) ? error.errors.map((message) => explain(message, entry)) : String(error),
      {
        cause: error,
      },
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
  return {
    code,
    sourceMap: sourceMap && withoutOutside(sourceMap.text),
    sources: toSources(result.metafile),
    warnings: [...result.warnings.map(toLine), ...warnings],
  };
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

function explain(message: Message, entry: Project["entry"]): string {
  const line = toLine(message);
  if (message.text.includes('No loader is configured for ".node" files')) {
    return `${line}. A native module cannot go into the bundle: use a package without one`;
  }
  if (message.text.startsWith("Top-level await")) {
    return `${line}. The bundle is CommonJS: call the function without await, or inside an async function`;
  }
  if (entry.kind === "package" && message.text.includes(entry.specifier)) {
    return `lambdaExtension.entry: expected a package that exports "./extension", got "${entry.specifier}" (${message.text})`;
  }
  return line;
}

function toLine({ location, text }: Message): string {
  return location === null ? text : `${location.file}:${location.line}: ${text}`;
}
