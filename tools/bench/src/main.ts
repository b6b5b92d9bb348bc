/**
 * `pnpm bench [SECTION …] [--rounds N] [--write]`: against peers, interleaved in one run; medians, and ratios round by
 * round. `--write` puts the figures into docs/benchmarks.md and README.md, and the chart into docs/. Exit status 1 if a
 * promise is broken.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { addedInit } from "./added-init.ts";
import { build } from "./build-times.ts";
import { cacheGet } from "./cache-get.ts";
import { parseCommandLine } from "./command-line.ts";
import { prepareContestants } from "./contestants.ts";
import type { Contestants } from "./contestants.ts";
import { deadDestination } from "./dead-destination.ts";
import { emulatorSoak } from "./emulator-soak.ts";
import { emulatorSpeed } from "./emulator-speed.ts";
import { footprint } from "./footprint.ts";
import { gateLines, holds, writeBetween } from "./report.ts";
import type { Section, SectionResult } from "./section.ts";
import { sizes } from "./sizes.ts";
import { startUp } from "./start-up.ts";

/** Every part of docs/benchmarks.md, in its order. */
const sections: readonly Section[] = [
  startUp,
  addedInit,
  footprint,
  deadDestination,
  cacheGet,
  emulatorSpeed,
  emulatorSoak,
  build,
  sizes,
];

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
for (const section of sections.filter(({ name }) => line.names.includes(name))) {
  const result = await section.run({
    rounds: (part = 1) => Math.max(Math.min(line.rounds, 3), Math.round(line.rounds / part)),
    folder,
    contestants: () => (contestants ??= prepareContestants(folder)),
    onProgress: (done, all) => showProgress(`${section.name} ${done}/${all}`),
  });
  showProgress("");
  const gates = result.gates.length === 0 ? "" : `\n\n\`\`\`\n${gateLines(result.gates).join("\n")}\n\`\`\``;
  console.log(`## ${section.name}\n\n${result.markdown}${gates}\n`);
  if (!result.gates.every(holds)) process.exitCode = 1;
  if (line.write) writeDown(section.name, result, result.markdown + gates);
}

function showProgress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
}

function writeDown(name: string, { picture, readme }: SectionResult, text: string): void {
  edit(join(docs, "benchmarks.md"), name, text);
  if (picture !== undefined) writeFileSync(join(docs, picture.file), picture.svg);
  if (readme !== undefined) edit(join(docs, "../README.md"), "bench", readme);
}

function edit(path: string, name: string, content: string): void {
  writeFileSync(path, writeBetween(readFileSync(path, "utf8"), name, content));
}
