import type { BuildReport } from "./build-report.ts";
import { toSize } from "./size.ts";

interface Area {
  readonly name: string;
  bytes: number;
  readonly parts: Map<string, Area>;
}

/**
 * A page that shows what the bundle is made of: every folder and file as a box whose area is its share, largest first.
 * Shape: one HTML file without scripts or links; the boxes are nested flex boxes that grow by their bytes.
 */
export function toTreemap({
  name,
  bundleBytes,
  sources,
}: Pick<BuildReport, "name" | "bundleBytes" | "sources">): string {
  const title = `${name}: a bundle of ${toSize(bundleBytes)}`;
  const root: Area = { name: "sources", bytes: 0, parts: new Map() };
  for (const { path, bytes } of sources) {
    if (bytes > 0) {
      add(
        root,
        path.split("/").filter((part) => part !== ".."),
        bytes,
      );
    }
  }
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>${escape(title)}</title>
<style>
  body { margin: 0; height: 100vh; display: flex; font: 12px/1.4 system-ui, sans-serif; color: #1a1a1a }
  div { min-width: 0; min-height: 0; overflow: hidden }
  .area { display: flex; flex-direction: column; flex-basis: 0; margin: 1px; border: 1px solid #0003; background: hsl(var(--hue) 45% 88%) }
  .parts { display: flex; flex-basis: 0 }
  .label { padding: 0 4px; white-space: nowrap; flex: none; text-overflow: ellipsis }
</style>
${toBox(root, { path: "", depth: 0, hue: 210 })}
</html>
`;
}

function add(area: Area, [first, ...rest]: readonly string[], bytes: number): void {
  area.bytes += bytes;
  if (first === undefined) return;
  const part = area.parts.get(first) ?? { name: first, bytes: 0, parts: new Map<string, Area>() };
  area.parts.set(first, part);
  add(part, rest, bytes);
}

interface Place {
  readonly path: string;
  readonly depth: number;
  /** Tells the large groups apart; it stops changing where boxes get small. */
  readonly hue: number;
}

function toBox(area: Area, { path, depth, hue }: Place): string {
  const [only, ...others] = area.parts.values();
  // A folder with one thing in it is drawn as one box.
  if (only !== undefined && others.length === 0) {
    return toBox({ ...only, name: `${area.name}/${only.name}` }, { path, depth, hue });
  }
  const parts = [...area.parts.values()].toSorted((a, b) => b.bytes - a.bytes || (a.name < b.name ? -1 : 1));
  const boxes = parts.map((part, index) => ({
    bytes: part.bytes,
    html: toBox(part, { path: `${path}${area.name}/`, depth: depth + 1, hue: depth < 2 ? hue + index * 67 : hue }),
  }));
  const inside = boxes.length === 0 ? "" : split(boxes, "row");
  const label = `${area.name} ${toSize(area.bytes)}`;
  const look = `class="area" style="flex-grow:${area.bytes};--hue:${hue % 360}" title="${escape(path + label)}"`;
  return `<div ${look}><div class="label">${escape(label)}</div>${inside}</div>`;
}

/** Halves a list by bytes, and each half across the other direction, so that boxes stay near squares. */
function split(
  boxes: readonly { readonly bytes: number; readonly html: string }[],
  direction: "row" | "column",
): string {
  const bytes = boxes.reduce((sum, box) => sum + box.bytes, 0);
  const [first, ...rest] = boxes;
  if (first === undefined || rest.length === 0) {
    return `<div class="parts" style="flex-grow:${bytes}">${first?.html ?? ""}</div>`;
  }
  let half = first.bytes;
  let count = 1;
  for (const box of rest.slice(0, -1)) {
    if (half + box.bytes / 2 > bytes / 2) break;
    half += box.bytes;
    count += 1;
  }
  const across = direction === "row" ? "column" : "row";
  const halves = [boxes.slice(0, count), boxes.slice(count)].map((part) => split(part, across));
  return `<div class="parts" style="flex-grow:${bytes};flex-direction:${direction}">${halves.join("")}</div>`;
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
