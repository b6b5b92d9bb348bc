export { BuildError } from "./build-error.ts";
export { buildInto, buildLayers, buildZip } from "./build-layer.ts";
export type { BuildOptions } from "./make-layers.ts";
export { changeWarning } from "./built-from.ts";
export type { Source } from "./bundle/bundle.ts";
export { checkPath, type LayerCheck } from "./check/check-layer.ts";
export type {
  Architecture,
  Engine,
  ExtensionSettings,
  LifecycleEvent,
  Registrar,
} from "./config/extension-settings.ts";
export { readProject, type Project } from "./config/project.ts";
export { cacheFolder } from "./engine/cache-folder.ts";
export type { BuildReport, BuiltLayer } from "./report/build-report.ts";
export type { Host, StartUp } from "./start-up/measure-layer.ts";
export { compatibleRuntimes } from "./snippet/compatible-runtimes.ts";
