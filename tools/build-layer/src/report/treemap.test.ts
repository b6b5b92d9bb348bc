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

test("draws every file and folder with its share, largest first", () => {
  const labels = [...page.matchAll(/<div class="area" style="flex-grow:(\d+)[^>]*><div class="label">([^<]*)</g)].map(
    ([, grow, label]) => [Number(grow), label],
  );
  expect(labels).toEqual([
    [1500, "sources 1.5 kB"],
    [1200, "node_modules/a 1.2 kB"],
    [700, "&lt;b&gt;.js 700 B"],
    [500, "c.js 500 B"],
    [300, "src/main.ts 300 B"],
  ]);
});

test("halves the room by bytes, across and down in turn", () => {
  const sources = ["a", "b", "c", "d"].map((path) => ({ path, bytes: 100 }));
  const rooms = [
    ...toTreemap({ name: "x", bundleBytes: 400, sources }).matchAll(
      /class="parts" style="flex-grow:(\d+)(?:;flex-direction:(\w+))?"/g,
    ),
  ];
  expect(rooms.map(([, grow, direction]) => [grow, direction])).toEqual([
    ["400", "row"],
    ["200", "column"],
    ["100", undefined],
    ["100", undefined],
    ["200", "column"],
    ["100", undefined],
    ["100", undefined],
  ]);
});

test("says whose bundle it is", () => {
  expect(page).toContain("<title>hello: a bundle of 1.5 kB</title>");
});

test("is one page that loads nothing and runs nothing", () => {
  expect(page).not.toMatch(/<script|<link|<img|https?:/);
});
