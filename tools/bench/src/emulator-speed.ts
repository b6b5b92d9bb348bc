import { setTimeout as delay } from "node:timers/promises";
import { startOfficialEmulator } from "@lambda-extension/e2e/official-emulator";
import { ensureEnvironment, projectEnvironment } from "@lambda-extension/sam";
import { described, table } from "./report.ts";
import { find, measureInRounds } from "./rounds.ts";
import type { Section } from "./section.ts";
import { codePath, emulatedLayer, serveEmulator } from "./served-emulator.ts";
import { median, pairedRatio, quantile } from "./statistics.ts";

interface Emulator {
  invoke(event: unknown): Promise<unknown>;
  close(): Promise<void>;
}

/**
 * The pause between listening and the first invocation: AWS's emulator lays its folders out before it listens, ours
 * right after. Units: milliseconds.
 */
const settleMs = 300;
const warmUp = 20;
const invokesPerRound = 100;

/**
 * The same Node.js function and the same extension on this repository's emulator and on AWS's, over HTTP, a fresh
 * process for every round. Errors: rejects if AWS's emulator cannot be installed.
 */
export const emulatorSpeed: Section = {
  name: "emulator-speed",
  async run(bench) {
    await ensureEnvironment(projectEnvironment);
    const rounds = bench.rounds(3);
    const layers = [emulatedLayer(bench)];
    const emulators: readonly { readonly name: string; readonly start: () => Promise<Emulator> }[] = [
      { name: "ours", start: () => serveEmulator(bench) },
      {
        name: "AWS's",
        start: () => startOfficialEmulator({ layers, codePath, runtime: "nodejs", handler: "index.handler" }),
      },
      { name: "ours, freezing", start: () => serveEmulator(bench, "--freeze") },
    ];
    const results = await measureInRounds(emulators, { ...bench, rounds, figures: ["cold", "warm"] }, ({ start }) =>
      measure(start),
    );
    const [ours, official] = [find(results, "ours"), find(results, "AWS's")];
    const cells = (values: readonly number[], base: readonly number[]) => [
      `${median(values).toFixed(2)} (${quantile(values, 0.9).toFixed(2)})`,
      pairedRatio(values, base).toFixed(2),
    ];
    return {
      markdown: described(
        rounds,
        table(
          ["emulator", "cold: POST → answer, ms", "÷ AWS's", "warm, p50, ms", "÷ AWS's"],
          results.map(({ name, cold, warm }) => [name, ...cells(cold, official.cold), ...cells(warm, official.warm)]),
        ),
      ),
      gates: [
        { promise: "emulator: warm invocation, p50 ÷ AWS's", value: pairedRatio(ours.warm, official.warm), limit: 1.5 },
        { promise: "emulator: cold POST → answer ÷ AWS's", value: pairedRatio(ours.cold, official.cold), limit: 1.2 },
      ],
    };
  },
};

/**
 * One round. `cold`: POST → answer of an invocation that has to start the environment's processes. `warm`: the median
 * of invocations one after another in a warm environment. Units: milliseconds.
 */
async function measure(start: () => Promise<Emulator>) {
  const emulator = await start();
  const timeOfInvoke = async (): Promise<number> => {
    const from = performance.now();
    await emulator.invoke({ key: "value" });
    return performance.now() - from;
  };
  try {
    await delay(settleMs);
    const cold = await timeOfInvoke();
    for (let count = 0; count < warmUp; count++) await emulator.invoke({ count });
    const times: number[] = [];
    for (let count = 0; count < invokesPerRound; count++) times.push(await timeOfInvoke());
    return { cold, warm: median(times) };
  } finally {
    await emulator.close();
  }
}
