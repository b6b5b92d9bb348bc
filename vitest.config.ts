import { defineConfig } from "vitest/config";

/**
 * One configuration for every package; each runs it with its own folder as root and leaves a report for `run-tests`.
 */
export default defineConfig({
  test: {
    include: ["src/**/*.test.ts", "test/**/*.test.ts"],
    // Many times what a test takes, for machines that are busy: a timeout is for what hangs.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 60_000 } },
    reporters: ["default", ["json", { outputFile: "test-report.json" }]],
  },
});
