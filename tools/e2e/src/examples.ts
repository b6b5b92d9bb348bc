/** A layer of an example's template. */
export interface ExampleLayer {
  readonly logicalId: string;
  /** The folder with the Makefile; if `sam build` does not build the layer, with `dist/layer`. */
  readonly folder: string;
  /** Built by `npm run build` before `sam build`. */
  readonly isPrebuilt?: true;
  /** Its file in extensions/. */
  readonly extension: string;
  /** `shared`, `carried`: what `build-layer` made; `none`: the example brings files of its own. */
  readonly engine: "shared" | "carried" | "none";
}

/** One of examples/, for tests that run on all of them. */
export interface Example {
  readonly name: string;
  readonly functionId: string;
  readonly runtime: "python" | "nodejs";
  readonly handler: string;
  readonly layers: readonly ExampleLayer[];
}

/** The example whose function is a container image: only Docker builds and runs it. */
export const imageExample = "container-image";

const python = { runtime: "python", handler: "app.lambda_handler" } as const;
const nodejs = { runtime: "nodejs", handler: "index.handler" } as const;
const loggerLayer = { logicalId: "LoggerLayer", extension: "logger", engine: "shared" } as const;
const cacheWarmerLayer = { logicalId: "CacheWarmerLayer", extension: "cache-warmer" } as const;

/** Every example of the repository whose function is not an image. */
export const examples: readonly Example[] = [
  {
    name: "hello",
    functionId: "HelloFunction",
    ...python,
    layers: [{ logicalId: "HelloExtensionLayer", folder: "layer", extension: "hello-extension", engine: "carried" }],
  },
  {
    name: "python-extension",
    functionId: "PythonFunction",
    ...python,
    layers: [{ logicalId: "PythonExtensionLayer", folder: "layer", extension: "python-extension", engine: "none" }],
  },
  { name: "logger-http", functionId: "LoggedFunction", ...nodejs, layers: [{ ...loggerLayer, folder: "layer" }] },
  {
    name: "cache-warmer-ssm",
    functionId: "GreetingFunction",
    ...python,
    layers: [{ ...cacheWarmerLayer, folder: "layer", engine: "carried" }],
  },
  {
    name: "cache-warmer-secrets",
    functionId: "SecretFunction",
    ...nodejs,
    layers: [{ ...cacheWarmerLayer, folder: "layer", engine: "shared" }],
  },
  {
    name: "own-extension",
    functionId: "WatchedFunction",
    ...nodejs,
    layers: [
      { logicalId: "SlowWatchLayer", folder: "layer", isPrebuilt: true, extension: "slow-watch", engine: "shared" },
    ],
  },
  {
    name: "two-extensions",
    functionId: "TwoExtensionsFunction",
    ...nodejs,
    layers: [
      { ...loggerLayer, folder: "layers/logger" },
      { ...cacheWarmerLayer, folder: "layers/cache-warmer", engine: "shared" },
    ],
  },
];

/** The example of that name. */
export function findExample(name: string): Example {
  const example = examples.find((example) => example.name === name);
  if (example === undefined) throw new Error(`BUG: no example ${name}`);
  return example;
}
