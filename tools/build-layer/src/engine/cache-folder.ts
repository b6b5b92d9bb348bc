import { homedir } from "node:os";
import { join } from "node:path";

/**
 * Where fetched and compressed engines are kept, for all projects of a user: `BUILD_LAYER_CACHE`, else the platform's
 * folder for caches.
 */
export function cacheFolder(env: Readonly<Record<string, string | undefined>>, platform: NodeJS.Platform): string {
  const chosen = env["BUILD_LAYER_CACHE"];
  if (chosen !== undefined && chosen !== "") return chosen;
  const xdg = env["XDG_CACHE_HOME"];
  if (xdg !== undefined && xdg !== "") return join(xdg, "lambda-extension");
  return platform === "darwin"
    ? join(homedir(), "Library", "Caches", "lambda-extension")
    : join(homedir(), ".cache", "lambda-extension");
}
