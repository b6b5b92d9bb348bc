import { relative } from "node:path";
import type { FoundEngine } from "../check/check-engine.ts";
import type { LayerCheck } from "../check/check-layer.ts";
import type { LayersCheck } from "../check/check-layers.ts";
import { maxUnzippedBytes } from "../layer/unzipped-size.ts";
import type { BuildReport } from "./build-report.ts";

/** The report for people: one line for each thing made, with its size. Paths are relative to `folder`. */
export function toText({ name, bundleBytes, beside, startUp, layers }: BuildReport, folder: string): string {
  const rows = [[`${name}: bundle`, toSize(bundleBytes), ""]];
  if (beside.length > 0) {
    const bytes = beside.reduce((sum, part) => sum + part.bytes, 0);
    const assets = beside.filter(({ kind }) => kind === "asset").length;
    rows.push([`${name}: beside it`, toSize(bytes), `assets: ${assets}, external packages: ${beside.length - assets}`]);
  }
  if (startUp !== undefined) {
    rows.push([
      `${name}: first next`,
      `${startUp.nextMs.toFixed(1)} ms`,
      `${startUp.ratio.toFixed(2)} × a Node.js that does nothing`,
    ]);
  }
  for (const layer of layers) {
    const architecture = layer.architecture ?? "x86_64 and arm64";
    if (layer.folder !== undefined) {
      rows.push([
        relative(folder, layer.folder) || ".",
        toSize(layer.unzippedBytes),
        architecture + toShare(layer.unzippedBytes),
      ]);
    }
    if (layer.zip !== undefined) rows.push([relative(folder, layer.zip.path), toSize(layer.zip.bytes), architecture]);
  }
  const width = Math.max(...rows.map(([what = ""]) => what.length));
  const lines = rows.map(([what = "", size = "", note = ""]) => `${what.padEnd(width)}  ${size.padStart(9)}  ${note}`);
  return lines.map((line) => line.trimEnd()).join("\n");
}

/** One line about a layer that passed the check. */
export function checkToText({ extensions, architectures, unzippedBytes, engines }: LayerCheck): string {
  const programs = architectures.length === 0 ? "no machine code" : `programs for ${architectures.join(" and ")}`;
  const carried = engines.map((engine) => `; ${engineToText(engine)}`).join("");
  return `ok: ${extensions.join(", ")}; ${toSize(unzippedBytes)} unzipped${toShare(unzippedBytes)}; ${programs}${carried}`;
}

/** One line about layers that passed the check together. */
export function sumToText({ extensions, unzippedBytes }: LayersCheck["sum"]): string {
  return `ok: ${extensions.join(", ")}; ${toSize(unzippedBytes)} unzipped${toShare(unzippedBytes)}`;
}

function engineToText({ path, runtime, version, release }: FoundEngine): string {
  if (release !== undefined) return `${path} has the bytes of ${release}`;
  const name = `${runtime === "bun" ? "Bun" : "Node.js"} ${version ?? "of no stated version"}`;
  return `${path} is ${name}, whose bytes build-layer does not know`;
}

/** The part of Lambda's limit that a layer takes; empty below one percent. */
function toShare(bytes: number): string {
  const percent = Math.round((100 * bytes) / maxUnzippedBytes);
  return percent === 0 ? "" : `, ${percent} % of what Lambda allows a function with all its layers`;
}

/** Decimal units, as AWS and package managers use them: `126.6 MB`. */
export function toSize(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  return bytes < 1_000_000 ? `${(bytes / 1000).toFixed(1)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
