import { mountsOf, openDescriptors, processTree, residentBytes } from "./process-stats.ts";
import { table } from "./report.ts";
import type { Section } from "./section.ts";
import { serveEmulator } from "./served-emulator.ts";
import type { ServedEmulator } from "./served-emulator.ts";

/**
 * After 10,000 invocations the emulator's history, which keeps the newest 20,000 lines and timeline entries, is full;
 * what grows over the next 10,000 grows for ever.
 */
const sampledAt = [1_000, 10_000, 20_000];
const all = Math.max(...sampledAt);

/** What one environment of `start-lambda` holds after 1,000, 10,000 and 20,000 invocations. */
export const emulatorSoak: Section = {
  name: "emulator-soak",
  async run(bench) {
    const emulator = await serveEmulator(bench);
    const samples: ReturnType<typeof takeSample>[] = [];
    try {
      for (let invokes = 1; invokes <= all; invokes++) {
        await emulator.invoke({ invokes });
        if (invokes % 100 === 0) bench.onProgress(invokes, all);
        if (sampledAt.includes(invokes)) samples.push(takeSample(invokes, emulator));
      }
    } finally {
      await emulator.close();
    }
    const [before, after] = samples.slice(-2);
    if (before === undefined || after === undefined) throw new Error("BUG: the soak has two samples or more");
    return {
      markdown: table(
        ["after", "RSS, MB", "descriptors", "processes", "mounts"],
        samples.map(({ invokes, residentBytes, ...counts }) => [
          `${invokes.toLocaleString("en")} invocations`,
          (residentBytes / 1_000_000).toFixed(1),
          ...Object.values(counts).map(String),
        ]),
      ),
      gates: [
        {
          promise: "emulator: RSS after 10,000 further invocations ÷ before",
          value: after.residentBytes / before.residentBytes,
          limit: 1.1,
        },
        ...(["descriptors", "processes", "mounts"] as const).map((what) => ({
          promise: `emulator: ${what} more after 10,000 further invocations`,
          value: after[what] - before[what],
          limit: 0,
        })),
      ],
    };
  },
};

/** `descriptors` are the emulator's own. `processes`: the emulator, its environment's holder, runtime and extension. */
function takeSample(invokes: number, { pid }: ServedEmulator) {
  const pids = processTree(pid);
  return {
    invokes,
    residentBytes: residentBytes(pid),
    descriptors: openDescriptors(pid),
    processes: pids.length,
    mounts: mountsOf(pids),
  };
}
