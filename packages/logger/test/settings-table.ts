import { settings } from "../src/config/settings.ts";

/** The table of every setting, as the README and the documentation show it. */
export function renderSettingsTable(): string {
  const rows = Object.values(settings).map(({ name, meaning, fallbackText, range }) => {
    const shown = fallbackText === "none" ? "none" : `\`${fallbackText}\``;
    return `| \`${name}\` | ${meaning} | ${shown} | ${range} |`;
  });
  return ["| variable | meaning | default | range |", "|---|---|---|---|", ...rows].join("\n");
}
