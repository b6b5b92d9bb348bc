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
    reporters: ["default", ["json", { outputFile: "test-report.json" }]],
  },
});
