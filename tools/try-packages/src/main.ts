/**
 * `pnpm try-packages [NAME …] [--write]`: builds an extension with each of thirty popular packages, and uses the
 * package on every Node.js of Lambda. `--write` puts the table into docs/packages.md. Exit status 1 if a package
 * behaves in another way than its row expects.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { writeBetween } from "@lambda-extension/bench/report";
import { installNode, lambdaNodes } from "@lambda-extension/e2e/install-node";
import { packPackages, repository } from "@lambda-extension/e2e/package-tarballs";
import { parseCommandLine } from "./command-line.ts";
import { findDifferences } from "./row.ts";
import type { NodeMajor, Row } from "./row.ts";
import { rows } from "./rows.ts";
import { toLine, toTable } from "./table.ts";
import type { Tried } from "./table.ts";
import { tryRow } from "./try-row.ts";
import type { Equipment } from "./try-row.ts";

const page = join(repository, "docs/packages.md");
const stop = new AbortController();
for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(name, () => stop.abort());

const line = parseCommandLine(
  process.argv.slice(2),
  rows.map(({ name }) => name),
);
if ("problem" in line) {
  console.error(line.problem);
  process.exit(2);
}
if (process.platform !== "linux" || process.arch !== "x64") {
  console.error(
    `expected Linux on x64, got ${process.platform} on ${process.arch}: npm has each Node.js only for Linux`,
  );
  process.exit(2);
}
const folder = mkdtempSync(join(tmpdir(), "try-packages-"));
try {
  const { names, write } = line;
  await tryAll(
    rows.filter(({ name }) => names.includes(name)),
    write,
  );
} catch (error) {
  if (!stop.signal.aborted) console.error(error instanceof Error ? error.message : error);
  process.exitCode = stop.signal.aborted ? 130 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function tryAll(chosen: readonly Row[], write: boolean): Promise<void> {
  const equipment = await prepare();
  const majors = equipment.nodes.map(({ major }) => major);
  const tried: Tried[] = [];
  for (const row of chosen) {
    const found = await tryRow(row, equipment).catch((error: unknown) => {
      stop.signal.throwIfAborted();
      return error instanceof Error ? error : new Error(String(error));
    });
    const differences = found instanceof Error ? [found.message] : findDifferences(row, found);
    if (found instanceof Error) console.log(`${row.name} could not be tried`);
    else console.log(toLine({ row, trial: found }, majors));
    for (const difference of differences) console.log(`  ${row.name}: ${difference}`);
    if (differences.length > 0) process.exitCode = 1;
    if (!(found instanceof Error)) tried.push({ row, trial: found });
  }
  if (!write) return;
  if (process.exitCode === undefined) {
    writeFileSync(page, writeBetween(readFileSync(page, "utf8"), "packages", toTable(tried, majors)));
  } else {
    console.log("docs/packages.md is unchanged: correct the rows of these packages first");
  }
}

async function prepare(): Promise<Equipment> {
  const nodes: { readonly major: NodeMajor; readonly path: string }[] = [];
  for (const { major, version } of lambdaNodes) nodes.push({ major, path: await installNode(version) });
  const tarballs = await packPackages(folder);
  const core = tarballs.find(({ manifest }) => manifest.name === "@lambda-extension/core");
  if (core === undefined) throw new Error("BUG: core was not packed");
  const oldest = dirname(nodes[0]?.path ?? process.execPath);
  const env = {
    ...process.env,
    // Packages are compiled here, by the oldest Node.js and with its headers, so that the result runs on every one.
    PATH: `${oldest}${delimiter}${process.env["PATH"]}`,
    npm_config_build_from_source: "true",
    npm_config_nodedir: dirname(oldest),
    // A cache of this run's own: build-layer does not start again what has started before.
    BUILD_LAYER_CACHE: join(folder, "cache"),
    // The generator of prisma downloads an engine that it does not use, unless it has the path of one.
    PRISMA_SCHEMA_ENGINE_BINARY: "/bin/false",
    CHECKPOINT_DISABLE: "1",
  };
  return { core: core.file, nodes, env, signal: stop.signal };
}
