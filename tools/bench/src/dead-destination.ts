import { createServer } from "node:http";
import type { RequestListener } from "node:http";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { listen } from "@lambda-extension/e2e/ports";
import { startEnvironment } from "@lambda-extension/emulator";
import { described, table } from "./report.ts";
import { find, measureInRounds } from "./rounds.ts";
import type { Measured } from "./rounds.ts";
import type { Gate, Section } from "./section.ts";
import { codePath } from "./served-emulator.ts";
import { median, pairedDifference } from "./statistics.ts";

/** The state of the logger's destination. */
const states = ["no logger", "healthy", "accepts and never answers", "closed port"] as const;
type State = (typeof states)[number];

const layer = join(dirname(fileURLToPath(import.meta.resolve("@lambda-extension/logger/package.json"))), "dist/layer");

/** On the emulator, a Node.js function that writes one line per invocation, with the logger in each of these states. */
export const deadDestination: Section = {
  name: "dead-destination",
  async run(bench) {
    const rounds = bench.rounds(5);
    const contestants = states.map((name) => ({ name }));
    const results = await measureInRounds(contestants, { ...bench, rounds, figures: ["first", "tenth"] }, ({ name }) =>
      withDestination(name, (url) => tenInvocations(name, url)),
    );
    const healthy = find(results, "healthy");
    const gate = (state: State, which: "first" | "tenth", limit: number): Gate => ({
      promise: `${which} invocation, destination ${state}, minus healthy, ms`,
      value: pairedDifference(find(results, state)[which], healthy[which]),
      limit,
    });
    return {
      markdown: described(rounds, toTable(results)),
      gates: [
        gate("accepts and never answers", "first", 500),
        gate("accepts and never answers", "tenth", 5),
        gate("closed port", "first", 500),
      ],
    };
  },
};

/** Medians, and what is added to the function without a logger, round by round. */
function toTable(results: readonly Measured<"first" | "tenth">[]): string {
  const base = find(results, "no logger");
  const rows = results.map(({ name, first, tenth }) => {
    const cells = [
      median(first),
      pairedDifference(first, base.first),
      median(tenth),
      pairedDifference(tenth, base.tenth),
    ];
    return [name, ...cells.map((ms) => ms.toFixed(1))];
  });
  return table(["destination", "first invocation, ms", "added", "tenth, ms", "added"], rows);
}

/**
 * From the call to the moment Lambda would freeze. Units: milliseconds. Errors: rejects if the logger does not report
 * that its destination takes nothing, or reports it of a healthy one.
 */
async function tenInvocations(state: State, url: string) {
  const environment = await startEnvironment({
    function: {
      runtime: "nodejs24.x",
      handler: "index.handler",
      codePath,
      timeoutSeconds: 30,
      environment: { LOGGER_DESTINATION: "http", LOGGER_HTTP_URL: url },
    },
    layers: state === "no logger" ? [] : [layer],
  });
  const times: number[] = [];
  try {
    for (let count = 0; count < 10; count++) {
      const from = performance.now();
      await environment.invoke({});
      await environment.idle();
      times.push(performance.now() - from);
    }
    await environment.shutdown();
    const hasComplained = environment.lines.some(({ text }) =>
      / took nothing in \d+ ms \(.+\); lines waiting: \d+/.test(text),
    );
    if (hasComplained !== (state === "accepts and never answers" || state === "closed port")) {
      const lines = environment.lines.filter(({ source }) => source === "extension").map(({ text }) => text);
      throw new Error(`destination "${state}": the logger said ${lines.join("\n")}`);
    }
  } finally {
    await environment.close();
  }
  return { first: times[0] ?? NaN, tenth: times[9] ?? NaN };
}

async function withDestination<T>(state: State, use: (url: string) => Promise<T>): Promise<T> {
  const takeAll: RequestListener = (request, response) => request.resume().on("end", () => response.end());
  const { port, close } = await listen(createServer(state === "healthy" ? takeAll : () => {}));
  if (state === "closed port") await close();
  try {
    return await use(`http://127.0.0.1:${port}/`);
  } finally {
    await close();
  }
}
