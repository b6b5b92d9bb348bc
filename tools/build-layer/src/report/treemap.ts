import { stratify, treemap } from "d3-hierarchy";
import type { HierarchyRectangularNode } from "d3-hierarchy";
import type { Source } from "../bundle/bundle.ts";
import type { BuildReport } from "./build-report.ts";
import { treemapMark } from "./marks.ts";
import { toSize } from "./text.ts";

/** A file, or a folder of files, with its place on the page. Folders have no source of their own. */
type Area = HierarchyRectangularNode<Source | null>;

/** Near the shape of most screens. A unit is at least 10 pixels high, and a label needs two units. */
const [width, height] = [160, 90];

/**
 * A page that shows what the bundle is made of: every folder and file as a box whose area is about its share, largest
 * first; a folder's label and edge also take space.
 * Returns one HTML file without scripts or links.
 */
export function toTreemap({
  name,
  bundleBytes,
  sources,
}: Pick<BuildReport, "name" | "bundleBytes" | "sources">): string {
  const title = `${name}: a bundle of ${toSize(bundleBytes)}`;
  const paths = stratify<Source | null>().path((file) => `sources/${file?.path.replace(/^(\.\.\/)+/, "") ?? ""}`);
  const tree = paths([null, ...sources.filter(({ bytes }) => bytes > 0)])
    .sum((file) => file?.bytes ?? 0)
    .sort((a, b) => (b.value ?? 0) - (a.value ?? 0) || ((a.id ?? "") < (b.id ?? "") ? -1 : 1));
  const layout = treemap<Source | null>()
    .size([width, height])
    .padding((area) => (area.children?.length === 1 ? 0 : 0.3))
    .paddingTop((area) => (area.children?.length === 1 ? 0 : 2));
  return `<!doctype html>
<html lang="en"><meta charset="utf-8">${treemapMark}<title>${escape(title)}</title>
<style>
  body { margin: 0; height: max(100vh, ${height * 10}px); position: relative; font: 12px/1.4 system-ui, sans-serif; color: #1a1a1a }
  div { position: absolute; box-sizing: border-box; text-indent: 4px; overflow: hidden; white-space: nowrap; text-overflow: ellipsis; border: 1px solid #0003; background: hsl(var(--hue) 45% 88%) }
</style>
${toBoxes(layout(tree), { above: "/", depth: 0, hue: 210 })}</html>
`;
}

/** The box of an area, then those inside it. The hue tells the large groups apart. */
function toBoxes(
  { id = "", value = 0, children = [], x0, y0, x1, y1 }: Area,
  { above, depth, hue }: { readonly above: string; readonly depth: number; readonly hue: number },
): string {
  const [only, ...others] = children;
  // A folder with one thing in it is drawn as one box.
  if (only !== undefined && others.length === 0) return toBoxes(only, { above, depth, hue });
  const label = escape(`${id.slice(above.length)} ${toSize(value)}`);
  const across = `left:${toPercent(x0 / width)};width:${toPercent((x1 - x0) / width)}`;
  const down = `top:${toPercent(y0 / height)};height:${toPercent((y1 - y0) / height)}`;
  const boxes = children.map((child, index) =>
    toBoxes(child, { above: `${id}/`, depth: depth + 1, hue: depth < 2 ? hue + index * 67 : hue }),
  );
  return `<div style="${across};${down};--hue:${hue % 360}" title="${escape(above.slice(1))}${label}">${label}</div>
${boxes.join("")}`;
}

function toPercent(share: number): string {
  return `${(100 * share).toFixed(2)}%`;
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
