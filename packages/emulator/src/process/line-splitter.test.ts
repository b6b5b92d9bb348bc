import * as fc from "fast-check";
import { expect, test } from "vitest";
import { createLineSplitter, maxLineLength } from "./line-splitter.ts";

function split(chunks: readonly Buffer[]): string[] {
  const lines: string[] = [];
  const splitter = createLineSplitter((line) => lines.push(line));
  for (const chunk of chunks) splitter.push(chunk);
  splitter.end();
  return lines;
}

test("gives the same lines however the bytes are cut", () => {
  const text = fc.array(fc.string({ unit: fc.constantFrom("a", "é", "世", "😀", " ") }), { minLength: 1 });
  fc.assert(
    fc.property(text, fc.array(fc.nat(40)), (lines, cuts) => {
      const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(""));
      const chunks: Buffer[] = [];
      let start = 0;
      for (const size of cuts) {
        chunks.push(bytes.subarray(start, start + size));
        start += size;
      }
      chunks.push(bytes.subarray(start));
      expect(split(chunks)).toEqual(lines);
    }),
  );
});

test.each([
  ["passes on what has no newline at the end", "a\nb", ["a", "b"]],
  ["keeps empty lines", "a\n\nb\n", ["a", "", "b"]],
  ["drops the carriage return before a newline only", "a\r\nb\rc\n", ["a", "b\rc"]],
])("%s", (_name, text, lines) => {
  expect(split([Buffer.from(text)])).toEqual(lines);
});

test("cuts a line that is too long, and loses nothing of it", () => {
  const long = "x".repeat(maxLineLength * 2 + 5);
  expect(split([Buffer.from(`${long}\nshort\n`)])).toEqual([
    long.slice(0, maxLineLength),
    long.slice(0, maxLineLength),
    "xxxxx",
    "short",
  ]);
});
