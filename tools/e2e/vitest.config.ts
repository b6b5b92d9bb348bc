import { defineConfig } from "vitest/config";

/**
 * A configuration of its own: what is tested is slow to start and shares two cores and caches, so one file runs after
 * another, and a test has ten times as long as it takes on a machine that does nothing else.
 */
export default defineConfig({
  test: {
    include: ["src/**/*.test.ts", "test/**/*.test.ts"],
    globalSetup: "test/global-setup.ts",
    fileParallelism: false,
    testTimeout: 300_000,
    hookTimeout: 600_000,
    expect: { poll: { timeout: 120_000 } },
    // What needed it is printed: docs/adr/0606-end-to-end-tests-may-be-tried-again.md
    retry: process.env["CI"] === "true" ? 1 : 0,
    reporters: ["default", ["json", { outputFile: "test-report.json" }]],
  },
});
