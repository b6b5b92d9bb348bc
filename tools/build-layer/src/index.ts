export { BuildError } from "./build-error.ts";
export {
  buildInto,
  buildLayers,
  buildZip,
  type BuildOptions,
  type BuildReport,
  type BuiltLayer,
} from "./build-layer.ts";
export type { Source } from "./bundle/bundle.ts";
export { checkPath } from "./check/check-path.ts";
export type { LayerCheck } from "./check/check-layer.ts";
export type {
  Architecture,
  Engine,
  ExtensionSettings,
  LifecycleEvent,
  Registrar,
} from "./config/extension-settings.ts";
export { readProject, type Project } from "./config/project.ts";
export { cacheFolder } from "./engine/cache-folder.ts";
export type { Host } from "./start-up/measure-layer.ts";
export type { StartUp } from "./start-up/start-up.ts";
export { compatibleRuntimes } from "./snippet/compatible-runtimes.ts";
