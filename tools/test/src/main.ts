/** `pnpm test`: every package's tests through turbo, then one line that adds them up. */
import { spawnSync } from "node:child_process";
import { globSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { addUpReports } from "./add-up-reports.ts";
import { parseTurboSummary } from "./turbo-summary.ts";

const root = join(import.meta.dirname, "../../..");

// A report left by an earlier run must not speak for a run that died; turbo restores those of cached tasks.
for (const place of ["packages/*", "tools/*", "examples/*/layer", "examples/*/layers/*"]) {
  for (const old of globSync(`${place}/test-report.json`, { cwd: root })) rmSync(join(root, old));
}
rmSync(join(root, ".turbo/runs"), { recursive: true, force: true });

const turbo = spawnSync(
  "turbo",
  ["run", "test", "--continue", "--summarize", "--concurrency=2", "--output-logs=new-only", ...process.argv.slice(2)],
  { cwd: root, stdio: "inherit", env: { ...process.env, TURBO_TELEMETRY_DISABLED: "1" } },
);
if (turbo.error) throw turbo.error;

const summary = globSync(".turbo/runs/*.json", { cwd: root })[0];
if (summary === undefined) {
  console.error("turbo ended before it ran any test; its message is above.");
  process.exit(turbo.status || 1);
}
const sum = addUpReports(
  parseTurboSummary(readFileSync(join(root, summary), "utf8")).map((task) => ({
    name: task.package,
    cached: task.cached,
    report: readReport(join(root, task.directory, "test-report.json")),
  })),
);
console.log(`\n${sum.lines.join("\n")}\n`);
// Last, and alone on its line: this is what CI reads.
console.log(sum.closing);
process.exitCode = sum.failed > 0 ? 1 : (turbo.status ?? 1);

function readReport(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
}
