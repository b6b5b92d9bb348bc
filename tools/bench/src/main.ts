/**
 * `pnpm bench [SECTION …] [--rounds N] [--write]`: against peers, interleaved in one run; medians, and ratios round by
 * round. `--write` puts the figures into docs/benchmarks.md and README.md, and the chart into docs/. Exit status 1
 * where a promise is broken.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseCommandLine } from "./command-line.ts";
import { prepareContestants } from "./contestants.ts";
import type { Contestants } from "./contestants.ts";
import { gateLines, holds } from "./section.ts";
import type { Bench, Section, SectionResult } from "./section.ts";
import { sections } from "./sections.ts";
import { writeBetween } from "./write-between.ts";

const docs = join(import.meta.dirname, "../../../docs");

const line = parseCommandLine(
  process.argv.slice(2),
  sections.map(({ name }) => name),
);
if ("problem" in line) {
  console.error(line.problem);
  process.exit(2);
}

const folder = mkdtempSync(join(tmpdir(), "lx-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
process.on("SIGINT", () => process.exit(130));

let contestants: Contestants | undefined;
for (const section of sections) {
  if (!line.names.includes(section.name)) continue;
  const result = await section.run(benchFor(section, line.rounds));
  clearProgress();
  const text = [
    result.markdown,
    ...(result.gates.length === 0 ? [] : [["```", ...gateLines(result.gates), "```"].join("\n")]),
  ].join("\n\n");
  console.log(`## ${section.name}\n\n${text}\n`);
  if (!result.gates.every(holds)) process.exitCode = 1;
  if (line.write) writeDown(section, result, text);
}

function benchFor({ name }: Section, rounds: number): Bench {
  return {
    rounds,
    folder,
    contestants: () => (contestants ??= prepareContestants(folder)),
    onProgress(done, all) {
      if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${name} ${done}/${all}`);
    },
  };
}

function clearProgress(): void {
  if (process.stderr.isTTY) process.stderr.write("\r\x1b[K");
}

function writeDown({ name }: Section, { picture, readme }: SectionResult, text: string): void {
  edit(join(docs, "benchmarks.md"), name, text);
  if (picture !== undefined) writeFileSync(join(docs, picture.file), picture.svg);
  if (readme !== undefined) edit(join(docs, "../README.md"), "bench", readme);
}

function edit(path: string, name: string, content: string): void {
  writeFileSync(path, writeBetween(readFileSync(path, "utf8"), name, content));
}
