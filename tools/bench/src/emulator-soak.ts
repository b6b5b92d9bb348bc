import { mountsOf, openDescriptors, processTree, residentBytes } from "./process-stats.ts";
import { serveEmulator } from "./served-emulator.ts";

/** What the emulator holds after so many invocations. Units: bytes. */
export interface SoakSample {
  readonly invokes: number;
  readonly residentBytes: number;
  /** Of the emulator's own process. */
  readonly descriptors: number;
  /** The emulator, its environment's holder, runtime and extension. */
  readonly processes: number;
  readonly mounts: number;
}

/**
 * After 10,000 invocations the emulator's history, which keeps the newest 20,000 lines and timeline entries, is full;
 * whatever grows over the next 10,000 grows for ever.
 */
const sampledAt = [1_000, 10_000, 20_000];

/** Invokes one environment of `start-lambda` 20,000 times. */
export async function measureSoak(
  place: { readonly folder: string; readonly layer: string },
  onProgress: (done: number, all: number) => void,
): Promise<readonly SoakSample[]> {
  const emulator = await serveEmulator(place);
  const samples: SoakSample[] = [];
  try {
    for (let invokes = 1; invokes <= (sampledAt.at(-1) ?? 0); invokes++) {
      await emulator.invoke({ invokes });
      if (invokes % 100 === 0) onProgress(invokes, sampledAt.at(-1) ?? 0);
      if (!sampledAt.includes(invokes)) continue;
      const pids = processTree(emulator.pid);
      samples.push({
        invokes,
        residentBytes: residentBytes(emulator.pid),
        descriptors: openDescriptors(emulator.pid),
        processes: pids.length,
        mounts: mountsOf(pids),
      });
    }
  } finally {
    await emulator.close();
  }
  return samples;
}

/** A Markdown table. */
export function soakTable(samples: readonly SoakSample[]): string {
  return [
    "| after | RSS, MB | descriptors | processes | mounts |",
    "|---|--:|--:|--:|--:|",
    ...samples.map(
      ({ invokes, residentBytes, descriptors, processes, mounts }) =>
        `| ${invokes.toLocaleString("en")} invocations | ${(residentBytes / 1_000_000).toFixed(1)} | ${descriptors} | ${processes} | ${mounts} |`,
    ),
  ].join("\n");
}
