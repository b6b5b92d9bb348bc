import { readFileSync } from "node:fs";
import type { ExtensionSettings } from "../config/extension-settings.ts";

const template = new URL("launcher.bash", import.meta.url);

/**
 * The file for `extensions/<name>`: launcher.bash with the settings in place of its marker.
 * Shape: bash, LF line ends. Values come from a parsed `ExtensionSettings` and need no quoting.
 */
export function renderLauncher({ name, events, register, engine, runtime, sourceMap }: ExtensionSettings): string {
  const settings = [
    `extension=${name}`,
    `events=${events.join(",")}`,
    // Managed Instances refuse INVOKE with 403, which would end the function's init.
    `managed_events=${events.filter((event) => event !== "INVOKE").join(",")}`,
    `register=${register}`,
    `engine=${engine}`,
    `runtime=${runtime}`,
    `node_options=(${sourceMap ? "--enable-source-maps" : ""})`,
  ];
  return readFileSync(template, "utf8").replace("### settings ###", () => settings.join("\n"));
}
