import assert from "node:assert/strict";
import handlebars from "handlebars";

/** Compiles a template with a helper. */
export async function use(): Promise<void> {
  handlebars.registerHelper("loud", (text: string) => text.toUpperCase());
  const template = handlebars.compile("{{#each names}}{{loud this}} {{/each}}");
  assert.equal(template({ names: ["a", "b"] }), "A B ");
}
