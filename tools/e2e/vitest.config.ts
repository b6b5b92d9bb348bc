import { basename } from "node:path";
import { defineConfig } from "vitest/config";
import { BaseSequencer } from "vitest/node";
import type { TestSpecification } from "vitest/node";

/** The longest first, so that no worker ends long before the other. The two with Docker do not run at one time. */
const longest = ["sam-local-invoke", "readme-commands", "deploy", "release", "container-image", "conformance"];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification): number => {
      const index = longest.indexOf(basename(moduleId, ".test.ts"));
      return index === -1 ? longest.length : index;
    };
    return files.toSorted((a, b) => place(a) - place(b) || a.moduleId.localeCompare(b.moduleId));
  }
}

/**
 * End-to-end tests start slow programs, which share two cores and caches. So two files run at a time, and a test has
 * ten times as long as it takes on a machine that does nothing else.
 */
export default defineConfig({
  test: {
    include: ["src/**/*.test.ts", "test/**/*.test.ts"],
    globalSetup: "test/global-setup.ts",
    maxWorkers: 2,
    sequence: { sequencer: LongestFirst },
    testTimeout: 300_000,
    hookTimeout: 600_000,
    expect: { poll: { timeout: 120_000 } },
    reporters: ["default", ["json", { outputFile: "test-report.json" }]],
  },
});
