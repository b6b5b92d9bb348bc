import { constants } from "node:os";
import { join, resolve } from "node:path";
import { holdsMachineCode } from "./beside/external-packages.ts";
import { BuildError } from "./build-error.ts";
import { buildInto, buildLayers, buildZip } from "./build-layer.ts";
import { changeWarning } from "./built-from.ts";
import { architectureOfHost } from "./config/extension-settings.ts";
import { readProject } from "./config/project.ts";
import { cacheFolder } from "./engine/cache-folder.ts";
import { explainFileError } from "./file-error.ts";
import { toHelp } from "./help.ts";
import { initProject } from "./init-project.ts";
import { planLayers } from "./layer/plan-layers.ts";
import { closeStagings } from "./layer/staging.ts";
import type { BuildOptions } from "./make-layers.ts";
import { notOnNpm, ownVersion } from "./own-version.ts";
import { parseArguments } from "./parse-arguments.ts";
import type { Command } from "./parse-arguments.ts";
import type { BuildReport } from "./report/build-report.ts";
import { checkToText, sumToText, toText } from "./report/text.ts";
import { prepareReports, writeReports } from "./report/write-reports.ts";
import { toSnippet } from "./snippet/snippets.ts";
import { watchBuilds } from "./watch-builds.ts";

for (const signal of ["SIGHUP", "SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => {
    closeStagings();
    process.exit(128 + constants.signals[signal]);
  });
}

// The reader of the report may have read enough (`| head`).
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") say(`standard output: ${error.message}`);
  process.exit(error.code === "EPIPE" ? process.exitCode : 1);
});

try {
  await run(parseArguments(process.argv.slice(2)));
} catch (error) {
  fail(error);
  process.exitCode = 1;
}

async function run(command: Command): Promise<void> {
  switch (command.kind) {
    case "help":
      process.stdout.write(toHelp(command.topic));
      return;
    case "version":
      process.stdout.write(`${ownVersion()}\n`);
      return;
    case "init": {
      const files = await initProject(command.folder, architectureOfHost[process.arch] ?? "x86_64");
      const list = files.map((file) => join(command.folder, file)).join("\n");
      const now = `Now: cd ${command.folder} && npm install && npm start\n${notOnNpm()}`;
      process.stdout.write(`${list}\n\n${now.trimEnd()}\n`);
      return;
    }
    case "snippet": {
      const project = readProject(process.cwd());
      const plans = planLayers(project.settings, holdsMachineCode(project));
      for (const { folderName } of plans) warnOfChange(join("dist", folderName));
      process.stdout.write(command.of.map((kind) => toSnippet(kind, project)).join("\n"));
      return;
    }
    case "check":
      return check(command);
    case "build":
      return build(command);
  }
}

type Build = Extract<Command, { kind: "build" }>;

async function build(command: Build): Promise<void> {
  const folder = process.cwd();
  if (command.watch) return watchBuild(command, folder);
  const report = await buildOnce(command, folder);
  process.stdout.write(`${command.json ? JSON.stringify(report) : toText(report, folder)}\n`);
}

async function buildOnce(
  command: Build,
  folder: string,
  extra: Pick<BuildOptions, "measures" | "onBundled"> = {},
): Promise<BuildReport> {
  const { out, zip, architecture, sbom } = command;
  const machine = { node: process.execPath, platform: process.platform, arch: process.arch };
  const host = command["no-start"] ? undefined : machine;
  const isFresh = sbom !== undefined;
  const where = { cacheFolder: cacheFolder(process.env, process.platform), architecture, isFresh, host };
  const options = { ...where, say, ...extra };
  const project = readProject(folder);
  prepareReports(folder, command);
  const report = await (out !== undefined
    ? buildInto(project, resolve(folder, out), options)
    : zip !== undefined
      ? buildZip(project, resolve(folder, zip), options)
      : buildLayers(project, options));
  for (const warning of report.warnings) say(`warning: ${warning}`);
  await writeReports(project, report, command);
  return report;
}

/** Does not measure the start-up: that takes seconds, a rebuild a fraction of one. */
function watchBuild(command: Build, folder: string): void {
  watchBuilds({
    alwaysWatched: [join(folder, "package.json")],
    async build() {
      const start = performance.now();
      let sources: readonly string[] | undefined;
      try {
        const report = await buildOnce(command, folder, {
          measures: false,
          onBundled: (bundled) => (sources = bundled.map(({ path }) => resolve(folder, path))),
        });
        process.stdout.write(`${toText(report, folder)}\n`);
        say(`built in ${Math.round(performance.now() - start)} ms; watching ${report.sources.length} files`);
        const assets = report.beside.filter(({ kind }) => kind === "asset");
        const files = [...report.sources, ...assets].map(({ path }) => resolve(folder, path));
        sources = [...files, ...report.assetFolders];
      } catch (error) {
        fail(error);
        say("watching: the next change builds again");
      }
      return sources;
    },
  });
}

async function check({ paths, architecture, json }: Extract<Command, { kind: "check" }>): Promise<void> {
  // Loaded only if it is needed: a build should not wait for the reader of zips.
  const { checkPaths } = await import("./check/check-layers.ts");
  const { layers, sum } = await checkPaths(paths, architecture);
  for (const { path } of layers) warnOfChange(path);
  const [only, ...others] = layers;
  const isOne = only !== undefined && others.length === 0;
  if (json) {
    const { path: _, ...single } = only ?? {};
    process.stdout.write(`${JSON.stringify(isOne ? single : { layers, sum })}\n`);
  }
  const problems = layers.flatMap((layer) =>
    layer.problems.map((problem) => (isOne ? problem : `${layer.path}: ${problem}`)),
  );
  if (!isOne) problems.push(...sum.problems.map((problem) => `all layers: ${problem}`));
  if (problems.length > 0) process.exitCode = 1;
  if (json) return;
  for (const layer of layers) for (const warning of layer.warnings) say(`warning: ${layer.path}: ${warning}`);
  for (const layer of layers) {
    if (layer.problems.length === 0) process.stdout.write(`${layer.path}: ${checkToText(layer)}\n`);
  }
  if (!isOne && problems.length === 0) process.stdout.write(`all layers: ${sumToText(sum)}\n`);
  if (problems.length > 0) throw new BuildError(problems);
}

function warnOfChange(layer: string): void {
  const warning = changeWarning(layer, process.cwd());
  if (warning !== undefined) say(`warning: ${warning}`);
}

function fail(error: unknown): void {
  // An error that is neither the user's nor the file system's fault is a bug: its stack says where.
  const text = explainFileError(error) ?? (error instanceof Error ? error.stack : undefined) ?? String(error);
  for (const problem of error instanceof BuildError ? error.problems : [text]) say(problem);
}

function say(line: string): void {
  process.stderr.write(`build-layer: ${line}\n`);
}
