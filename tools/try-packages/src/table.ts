import type { NodeMajor, Row, Trial } from "./row.ts";

/** A row and what its trial found. */
export interface Tried {
  readonly row: Row;
  readonly trial: Trial;
}

/** The table of docs/packages.md, in Markdown. */
export function toTable(tried: readonly Tried[], majors: readonly NodeMajor[]): string {
  const columns = majors.map((major) => `Node ${major}`);
  const head = ["package", "settings it needs", "bundle", "layer", ...columns, "asks for Node", "note"];
  const line = (cells: readonly string[]): string =>
    `|${cells.map((cell) => (cell === "" ? " " : ` ${cell} `)).join("|")}|`;
  const rule = `|---|---|--:|--:|${"---|".repeat(majors.length + 2)}`;
  return [line(head), rule, ...tried.map((one) => line(toCells(one, majors)))].join("\n");
}

function toCells({ row, trial }: Tried, majors: readonly NodeMajor[]): readonly string[] {
  const [settings, note] = [settingsOf(row), row.note ?? ""];
  if (trial.kind === "refused") return [namesOf(row), settings, "refused", "–", ...majors.map(() => "no"), "", note];
  const { bundleBytes, engines, layerBytes, problems } = trial;
  const marks = majors.map((major) => (problems[major] === undefined ? "yes" : "no"));
  const asked = engines === undefined ? "" : `\`${engines.replaceAll("|", "\\|")}\``;
  return [namesOf(row), settings, sizeOf(bundleBytes), sizeOf(layerBytes), ...marks, asked, note];
}

/** The packages of a row with their versions, as Markdown. */
function namesOf({ packages }: Row): string {
  return Object.entries(packages)
    .map(([name, version]) => `\`${name}\` ${version}`)
    .join(", ");
}

function settingsOf({ settings = {} }: Row): string {
  return Object.entries(settings)
    .map(([name, value]) => `\`"${name}": ${JSON.stringify(value).replaceAll('","', '", "')}\``)
    .join(", ");
}

/** Units: 1000 bytes in a kB. */
function sizeOf(bytes: number): string {
  return bytes < 1e6 ? `${Math.round(bytes / 1000)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

/** One line for a terminal. */
export function toLine({ row, trial }: Tried, majors: readonly NodeMajor[]): string {
  const [first = ""] = Object.keys(row.packages);
  const title = `${first} ${row.packages[first]}`.padEnd(28);
  if (trial.kind === "refused") return `${title} the build refuses it`;
  const marks = majors.map((major) => `${major} ${trial.problems[major] === undefined ? "yes" : "no "}`);
  return `${title} bundle ${sizeOf(trial.bundleBytes).padStart(7)}, layer ${sizeOf(trial.layerBytes).padStart(7)}   ${marks.join("  ")}`;
}
