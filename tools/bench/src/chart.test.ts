import { expect, test } from "vitest";
import { startUpChart } from "./chart.ts";

test("draws a bar for each figure, and no bar for a contestant that does not register", () => {
  const svg = startUpChart(
    [
      { name: "bare", register: undefined, next: 40 },
      { name: "a <b>", register: 2.5, next: 80 },
    ],
    "ms",
  );
  expect(svg.match(/<rect class="next"/g)).toHaveLength(3);
  expect(svg.match(/<rect class="register"/g)).toHaveLength(2);
  expect(svg).toContain("a &lt;b>");
  expect(svg).toContain(">2.5<");
});
