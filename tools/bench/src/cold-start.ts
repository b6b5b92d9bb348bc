import { join } from "node:path";
import { invokeEvent } from "./bench-platform.ts";
import type { BenchPlatform } from "./bench-platform.ts";
import { whileRunning } from "./contestant-process.ts";
import type { Contestant } from "./contestant-process.ts";
import type { LimitedSpawner } from "./limited-spawner.ts";

/** When the parts of a cold start were over. Units: milliseconds since its begin. */
export interface ColdStart {
  /** The init phase: the extension and the function's runtime have asked for their first event. */
  readonly init: number;
  /** The first caller has the function's answer. */
  readonly answer: number;
  /** The first invocation: both have asked for their next event. Lambda bills the time until here. */
  readonly end: number;
}

/** Where a cold start happens. */
export interface ColdStartPlace {
  readonly platform: BenchPlatform;
  readonly spawner: LimitedSpawner;
}

/** The function's own work. Units: milliseconds of CPU time. */
const work = { INIT_CPU_MS: "100", INVOKE_CPU_MS: "10" };
const fixture = join(import.meta.dirname, "../fixtures/function-init.cjs");

/**
 * One start as Lambda orders it: the extension starts; the runtime starts when it has registered; the first invocation
 * goes to both when both have asked for their first event. Without a contestant, the function alone.
 */
export async function coldStart(
  contestant: Contestant | undefined,
  { platform, spawner }: ColdStartPlace,
): Promise<ColdStart> {
  const started: ReturnType<LimitedSpawner["start"]>[] = [];
  const start = (what: Contestant) => {
    const process = spawner.start({ ...what, env: { ...what.env, AWS_LAMBDA_RUNTIME_API: platform.address, ...work } });
    started.push(process);
    return process;
  };
  const startFunction = () => start({ name: "the function", command: [process.execPath, fixture] });
  const parties = contestant === undefined ? 1 : 2;
  const from = performance.now();
  try {
    const over = new Promise<ColdStart>((resolve) => {
      let missing = parties;
      let init: number | undefined;
      let answer = NaN;
      const arrive = (at: number): undefined => {
        missing -= 1;
        if (missing > 0) return;
        if (init !== undefined) return resolve({ init, answer, end: at - from }) as undefined;
        init = at - from;
        missing = parties;
        if (contestant !== undefined) platform.send(invokeEvent());
        platform.invokeFunction();
      };
      platform.visit({
        onRegister: startFunction,
        onNext: arrive,
        onFunctionNext: arrive,
        onFunctionAnswer: (at) => (answer = at - from),
      });
    });
    if (contestant === undefined) startFunction();
    else return await whileRunning(contestant, start(contestant), over);
    return await over;
  } finally {
    for (const process of started) process.kill();
    await Promise.all(started.map(({ exited }) => exited));
  }
}
