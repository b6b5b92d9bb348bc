import { fileURLToPath } from "node:url";
import { readManifest } from "./config/read-manifest.ts";

const manifest = fileURLToPath(new URL("../package.json", import.meta.url));
const clonePage =
  "https://github.com/lambda-extension/lambda-extension/blob/main/CONTRIBUTING.md#your-clones-packages-in-a-project";

/** The version of build-layer. */
export function ownVersion(): string {
  return String(readManifest(manifest)["version"]);
}

/** The sentence after a message that tells to install a package of ours; empty once a version is released. */
export function notOnNpm(): string {
  return ownVersion() === "0.0.0" ? `Not on npm yet: ${clonePage}` : "";
}
