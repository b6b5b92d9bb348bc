/** What the Extensions API sends. */
export const lifecycleEvents = ["INVOKE", "SHUTDOWN"] as const;
export type LifecycleEvent = (typeof lifecycleEvents)[number];

/** Who registers: the launcher, before the engine starts, or the program itself, once it is ready to serve. */
export const registrars = ["launcher", "self"] as const;
export type Registrar = (typeof registrars)[number];

/** When the engine starts: in the init phase, or at the first invocation. */
export const starts = ["eager", "lazy"] as const;
export type Start = (typeof starts)[number];

/** Where Node comes from: the function's own, one inside the layer, or the first of these that exists. */
export const engines = ["shared", "carried", "auto"] as const;
export type Engine = (typeof engines)[number];

/** What a carried engine is. */
export const runtimes = ["node", "bun"] as const;
export type Runtime = (typeof runtimes)[number];

/** Lambda's names of processor architectures. */
export const architectures = ["x86_64", "arm64"] as const;
export type Architecture = (typeof architectures)[number];

/** What Node.js calls the same processors. */
export const architectureOfHost: Readonly<Record<string, Architecture>> = { x64: "x86_64", arm64: "arm64" };

/** What the import of a file that is no program gives: esbuild's loaders that leave no file beside the bundle. */
export const loaders = ["text", "json", "base64", "binary", "dataurl"] as const;
export type Loader = (typeof loaders)[number];

/** `lambdaExtension` of a package.json, with every default filled in. */
export interface ExtensionSettings {
  /** The file in `extensions/`, which is the name the extension registers with. */
  readonly name: string;
  /** A file of the package, or the name of a package that exports `./extension`. */
  readonly entry: string;
  readonly events: readonly LifecycleEvent[];
  readonly register: Registrar;
  readonly start: Start;
  readonly engine: Engine;
  /** The runtime that is carried; it means nothing for a shared engine. */
  readonly runtime: Runtime;
  /** `dist/layer` and `--out` hold the first one. */
  readonly architectures: readonly [Architecture, ...Architecture[]];
  /** A map beside the bundle, so that stack traces name lines of the sources. */
  readonly sourceMap: boolean;
  /** Paths and patterns of files to copy beside the bundle, relative to the package's folder. */
  readonly assets: readonly string[];
  /** Packages that are not bundled but copied into `node_modules` beside the bundle, with what they depend on. */
  readonly external: readonly string[];
  /** What an import of a file gives, by the end of the file's name: `{ ".sql": "text" }`. */
  readonly loader: Readonly<Record<string, Loader>>;
  /** Classes and functions keep their names, which minifying shortens. */
  readonly keepNames: boolean;
  readonly budgets: Budgets;
  /** Variables a user may want to set on the function, with their defaults: for `build-layer snippet`. */
  readonly environment: Readonly<Record<string, string>>;
  /** IAM statements the function's role needs: for `build-layer snippet`. */
  readonly policies: readonly PolicyStatement[];
}

/** An IAM statement; `Effect` is `Allow` unless it says otherwise. */
export interface PolicyStatement {
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
}

/** What a build may cost at most. It fails if it costs more. */
export interface Budgets {
  /** Of `index.cjs`. */
  readonly maxBundleBytes?: number;
  /** Of each zip. */
  readonly maxZipBytes?: number;
  /** Of the time to the first `next` ÷ the time of a Node.js that does nothing. Each build with it measures. */
  readonly maxStartUpRatio?: number;
}
