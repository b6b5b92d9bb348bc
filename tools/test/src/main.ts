/** `pnpm test`: every package's tests through turbo, then the slowest tests, and one line that adds all up. */
import { spawnSync } from "node:child_process";
import { globSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { addUpReports } from "./add-up-reports.ts";
import { parseTurboSummary } from "./turbo-summary.ts";

const root = join(import.meta.dirname, "../../..");

// A report of an earlier run must not count for a run that died; turbo restores the reports of cached tasks.
for (const place of ["packages/*", "tools/*", "examples/*/layer", "examples/*/layers/*"]) {
  for (const old of globSync(`${place}/test-report.json`, { cwd: root })) rmSync(join(root, old));
}
rmSync(join(root, ".turbo/runs"), { recursive: true, force: true });

const options = ["--continue", "--summarize", "--concurrency=2", "--output-logs=new-only", ...process.argv.slice(2)];
const env = { ...process.env, TURBO_TELEMETRY_DISABLED: "1" };
const turbo = spawnSync("turbo", ["run", "test", ...options], { cwd: root, stdio: "inherit", env });
if (turbo.error) throw turbo.error;
const summary = globSync(".turbo/runs/*.json", { cwd: root })[0];
if (summary === undefined) {
  console.error("turbo ended before it ran any test; its message is above.");
  process.exit(turbo.status || 1);
}

const tasks = parseTurboSummary(readFileSync(join(root, summary), "utf8"));
const sum = addUpReports(tasks.map((task) => ({ ...task, report: readReport(join(root, task.directory)) })));
console.log(`\n${sum.lines.join("\n")}\n`);
// The last line, and alone on it: CI reads it.
console.log(sum.closing);
process.exitCode = sum.failed > 0 ? 1 : (turbo.status ?? 1);

function readReport(folder: string): unknown {
  try {
    return JSON.parse(readFileSync(join(folder, "test-report.json"), "utf8"));
  } catch {
    return undefined;
  }
}
