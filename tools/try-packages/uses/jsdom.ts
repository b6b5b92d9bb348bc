import assert from "node:assert/strict";
import { JSDOM } from "jsdom";

/** Parses a page and computes a style: the page's own, and one of the browser's. */
export async function use(): Promise<void> {
  const { window } = new JSDOM("<style>p { color: red }</style><p>text</p><b>more</b>");
  const { document } = window;
  assert.equal(window.getComputedStyle(document.querySelector("p")).color, "rgb(255, 0, 0)");
  assert.equal(window.getComputedStyle(document.querySelector("p")).display, "block");
}
