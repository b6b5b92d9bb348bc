import assert from "node:assert/strict";
import { load } from "cheerio";

/** Reads and changes a page. */
export async function use(): Promise<void> {
  const $ = load("<ul><li>a</li></ul>");
  $("ul").append("<li>b</li>");
  assert.equal($("li:last-child").text(), "b");
}
