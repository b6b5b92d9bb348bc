import { expect, test } from "vitest";
import { toTreemap } from "./treemap.ts";

const page = toTreemap({
  name: "hello",
  bundleBytes: 1500,
  sources: [
    { path: "src/main.ts", bytes: 300 },
    { path: "../../node_modules/a/<b>.js", bytes: 700 },
    { path: "../../node_modules/a/c.js", bytes: 500 },
    { path: "src/types.ts", bytes: 0 },
  ],
});

interface Box {
  readonly label: string;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** The boxes of a page, in percent of its width and height. */
function boxesOf(html: string): readonly Box[] {
  const boxes = /<div style="left:([\d.]+)%;width:([\d.]+)%;top:([\d.]+)%;height:([\d.]+)%;[^>]*>([^<]*)</g;
  return [...html.matchAll(boxes)].map(([, left, width, top, height, label = ""]) => ({
    label,
    left: Number(left),
    top: Number(top),
    width: Number(width),
    height: Number(height),
  }));
}

test("draws every file and folder with its share, largest first", () => {
  expect(boxesOf(page).map(({ label }) => label)).toEqual([
    "sources 1.5 kB",
    "node_modules/a 1.2 kB",
    "&lt;b&gt;.js 700 B",
    "c.js 500 B",
    "src/main.ts 300 B",
  ]);
});

test("names the whole path in the title of a box", () => {
  expect(page).toContain('title="sources/node_modules/a/&lt;b&gt;.js 700 B"');
});

test("gives every file a box whose area is its share of the room, inside the box around it", () => {
  const sizes = [900, 500, 300, 200, 100];
  const sources = sizes.map((bytes) => ({ path: `${bytes}.ts`, bytes }));
  const [room, ...boxes] = boxesOf(toTreemap({ name: "x", bundleBytes: 2000, sources }));
  const areas = boxes.map(({ width, height }) => width * height);
  const whole = areas.reduce((sum, area) => sum + area, 0);
  for (const [index, area] of areas.entries()) expect(area / whole).toBeCloseTo((sizes[index] ?? 0) / 2000, 2);
  expect(room).toEqual({ label: "sources 2.0 kB", left: 0, top: 0, width: 100, height: 100 });
  expect(whole / 10_000).toBeGreaterThan(0.9);
  for (const { left, top, width, height } of boxes) {
    expect(Math.min(left, top)).toBeGreaterThan(0);
    expect(Math.max(left + width, top + height)).toBeLessThan(100);
  }
});

test("draws a bundle of which no byte comes from a source", () => {
  expect(boxesOf(toTreemap({ name: "x", bundleBytes: 10, sources: [] }))).toMatchObject([{ label: "sources 0 B" }]);
});

test("says whose bundle it is", () => {
  expect(page).toContain("<title>hello: a bundle of 1.5 kB</title>");
});

test("is one page that loads nothing and runs nothing", () => {
  expect(page).not.toMatch(/<script|<link|<img|https?:/);
});
