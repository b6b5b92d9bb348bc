import { homedir } from "node:os";
import { join } from "node:path";

/**
 * Where fetched and compressed engines are kept, for all projects of a user: `BUILD_LAYER_CACHE`, else the platform's
 * folder for caches.
 */
export function cacheFolder(env: Readonly<Record<string, string | undefined>>, platform: NodeJS.Platform): string {
  const caches = platform === "darwin" ? join(homedir(), "Library", "Caches") : join(homedir(), ".cache");
  // An empty variable counts as not set.
  return env["BUILD_LAYER_CACHE"] || join(env["XDG_CACHE_HOME"] || caches, "lambda-extension");
}
