import * as fc from "fast-check";
import { expect, test } from "vitest";
import { findShellBlocks } from "./shell-blocks.ts";

test("finds the commands of sh blocks, with the heading above them", () => {
  const document = [
    "# One",
    "```sh",
    "first",
    "",
    "# a comment",
    "second \\",
    "  goes on",
    "```",
    "## Two ##",
    "```sh",
    "third",
    "```",
  ];
  expect(findShellBlocks(document.join("\n"))).toEqual([
    { section: "One", line: 3, commands: ["first", "second \\\n  goes on"] },
    { section: "Two", line: 11, commands: ["third"] },
  ]);
});

test("leaves out blocks of other languages, and headings and marks inside blocks", () => {
  const document = ["```", "# no heading", "```", "```json", "{}", "```", "```sh", "run", "```"];
  expect(findShellBlocks(document.join("\n"))).toEqual([{ section: "", line: 8, commands: ["run"] }]);
});

test("gives back every command of every document", () => {
  const command = fc.stringMatching(/^[a-z][a-z -]{0,20}[a-z]$/);
  const blocks = fc.array(fc.record({ language: fc.constantFrom("sh", "ts", ""), commands: fc.array(command) }));
  fc.assert(
    fc.property(blocks, (blocks) => {
      const document = blocks
        .map(({ language, commands }) => `text\n\n\`\`\`${language}\n${commands.join("\n")}\n\`\`\`\n`)
        .join("\n");
      const expected = blocks.filter(({ language }) => language === "sh").map(({ commands }) => commands);
      expect(findShellBlocks(document).map(({ commands }) => commands)).toEqual(expected);
    }),
  );
});
