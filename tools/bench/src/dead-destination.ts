import { once } from "node:events";
import { createServer } from "node:http";
import type { RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { startEnvironment } from "@lambda-extension/emulator";
import { median } from "./statistics.ts";

/** What the logger ships to. */
export type DestinationState = "no logger" | "healthy" | "accepts and never answers" | "closed port";

/** From the call to the moment Lambda would freeze; one value per round. Units: milliseconds. */
export interface DeadDestination {
  readonly state: DestinationState;
  readonly first: readonly number[];
  readonly tenth: readonly number[];
}

const states: readonly DestinationState[] = ["no logger", "healthy", "accepts and never answers", "closed port"];
const layer = join(dirname(fileURLToPath(import.meta.resolve("@lambda-extension/logger/package.json"))), "dist/layer");
const codePath = join(import.meta.dirname, "../fixtures/function");

/**
 * On the emulator, a Node.js function that writes one line per invocation, ten times.
 * Errors: rejects where the logger does not say that its destination takes nothing, or says so of a healthy one.
 */
export async function measureDeadDestination(
  rounds: number,
  onRound: (round: number) => void,
): Promise<readonly DeadDestination[]> {
  const results = states.map((state) => ({ state, first: [] as number[], tenth: [] as number[] }));
  for (let round = 0; round <= rounds; round++) {
    onRound(round);
    for (const { state, first, tenth } of results) {
      const took = await withDestination(state, (url) => tenInvocations(state, url));
      // The first round fills the page cache and is not counted.
      if (round === 0) continue;
      first.push(took.first);
      tenth.push(took.tenth);
    }
  }
  return results;
}

/** A Markdown table: medians, and what is added to the function without a logger, round by round. */
export function deadDestinationTable(results: readonly DeadDestination[]): string {
  const base = resultOf(results, "no logger");
  const rows = results.map(({ state, first, tenth }) => {
    const cells = [first, median(added(first, base.first)), tenth, median(added(tenth, base.tenth))] as const;
    return `| ${state} | ${median(cells[0]).toFixed(1)} | ${cells[1].toFixed(1)} | ${median(cells[2]).toFixed(1)} | ${cells[3].toFixed(1)} |`;
  });
  return ["| destination | first invocation, ms | added | tenth, ms | added |", "|---|--:|--:|--:|--:|", ...rows].join(
    "\n",
  );
}

/** The one with this destination. */
export function resultOf(results: readonly DeadDestination[], state: DestinationState): DeadDestination {
  const found = results.find((result) => result.state === state);
  if (found === undefined) throw new Error(`BUG: ${state} was not measured`);
  return found;
}

/** Round by round. */
export function added(values: readonly number[], base: readonly number[]): readonly number[] {
  return values.map((value, round) => value - (base[round] ?? NaN));
}

async function tenInvocations(
  state: DestinationState,
  url: string,
): Promise<{ readonly first: number; readonly tenth: number }> {
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
      throw new Error(
        `destination "${state}": the logger said ${environment.lines
          .filter(({ source }) => source === "extension")
          .map(({ text }) => text)
          .join("\n")}`,
      );
    }
  } finally {
    await environment.close();
  }
  return { first: times[0] ?? NaN, tenth: times[9] ?? NaN };
}

async function withDestination<T>(state: DestinationState, use: (url: string) => Promise<T>): Promise<T> {
  const takeAll: RequestListener = (request, response) => request.resume().on("end", () => response.end());
  const server = createServer(state === "healthy" ? takeAll : () => {}).listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  };
  if (state === "closed port") await close();
  try {
    return await use(url);
  } finally {
    if (state !== "closed port") await close();
  }
}
