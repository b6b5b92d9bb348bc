/** `pnpm test`: every package's tests through turbo, then one line that adds them up. */
import { spawnSync } from "node:child_process";
import { globSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { addUpReports } from "./add-up-reports.ts";
import type { PackageRun } from "./add-up-reports.ts";
import { chooseSecondTry, joinTries } from "./second-try.ts";
import { parseTurboSummary } from "./turbo-summary.ts";
import type { TestTask } from "./turbo-summary.ts";

const root = join(import.meta.dirname, "../../..");

// A report left by an earlier run must not speak for a run that died; turbo restores those of cached tasks.
for (const place of ["packages/*", "tools/*", "examples/*/layer", "examples/*/layers/*"]) {
  for (const old of globSync(`${place}/test-report.json`, { cwd: root })) rmSync(join(root, old));
}
rmSync(join(root, ".turbo/runs"), { recursive: true, force: true });

const exitStatus = turboTest(
  "--continue",
  "--summarize",
  "--concurrency=2",
  "--output-logs=new-only",
  ...process.argv.slice(2),
);
const summary = globSync(".turbo/runs/*.json", { cwd: root })[0];
if (summary === undefined) {
  console.error("turbo ended before it ran any test; its message is above.");
  process.exit(exitStatus || 1);
}

const { tests, otherTasksPassed } = parseTurboSummary(readFileSync(join(root, summary), "utf8"));
const runs = tests.map((task): PackageRun => ({ name: task.package, cached: task.cached, ...tryTwice(task) }));
const sum = addUpReports(runs);
console.log(`\n${sum.lines.join("\n")}\n`);
// Last, and alone on its line: this is what CI reads.
console.log(sum.closing);
const excused = runs.some((run) => run.flakes.length > 0) && otherTasksPassed;
process.exitCode = sum.failed > 0 ? 1 : excused ? 0 : exitStatus;

/** On CI what failed beside other packages is run once more, alone. */
function tryTwice(task: TestTask): Pick<PackageRun, "report" | "flakes"> {
  const folder = join(root, task.directory);
  const report = readReport(folder);
  const files = process.env["CI"] === "true" ? chooseSecondTry(report, folder) : undefined;
  if (files === undefined) return { report, flakes: [] };
  console.log(`\n${task.package}: failed, and is tried once more: ${files.join(", ") || "all of it"}`);
  rmSync(join(folder, "test-report.json"), { force: true });
  turboTest("--only", "--force", `--filter=${task.package}`, "--", ...files);
  return joinTries(folder, report, readReport(folder));
}

function turboTest(...options: string[]): number {
  const env = { ...process.env, TURBO_TELEMETRY_DISABLED: "1" };
  const turbo = spawnSync("turbo", ["run", "test", ...options], { cwd: root, stdio: "inherit", env });
  if (turbo.error) throw turbo.error;
  return turbo.status ?? 1;
}

function readReport(folder: string): unknown {
  try {
    return JSON.parse(readFileSync(join(folder, "test-report.json"), "utf8"));
  } catch {
    return undefined;
  }
}
