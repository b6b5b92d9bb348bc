import { expect, test } from "vitest";
import { createFakeEnvironments } from "../../test/fake-host.ts";
import type { Environment } from "../environment/environment.ts";
import type { EnvironmentOptions } from "../options/environment-options.ts";
import { createEnvironmentPool } from "./environment-pool.ts";
import type { EnvironmentPool } from "./environment-pool.ts";
import { createPortTurns } from "./port-turns.ts";

/**
 * Functions whose processes listen on one port as long as their environment is there; a function that is `free` needs
 * none.
 */
function createFunctions({ isTakenByOthers = false } = {}) {
  const told: string[] = [];
  const invoked: string[] = [];
  const turns = createPortTurns(() => told.push("turns"));
  let owner: string | undefined = isTakenByOthers ? "another program" : undefined;
  const create = (name: string): EnvironmentPool => {
    const start = async (
      onLine: (text: string) => void,
      initialize: "at-once" | "at-first-invoke",
    ): Promise<Environment> => {
      let hasPort = name === "free";
      const listen = (): void => {
        if (hasPort) return;
        if (owner !== undefined) return onLine("listen EADDRINUSE: address already in use 127.0.0.1:2773");
        owner = name;
        hasPort = true;
      };
      const fakes = createFakeEnvironments(() => {
        listen();
        if (hasPort) invoked.push(name);
        return Promise.resolve(
          hasPort
            ? { kind: "response", payload: `"${name}"` }
            : { kind: "function-error", payload: '"Extension.Crash"' },
        );
      });
      if (initialize === "at-once") listen();
      const environment = await fakes.start({
        function: { runtime: "x", handler: "x", codePath: "/" },
        layers: [],
      } satisfies EnvironmentOptions);
      const close = async (): Promise<void> => {
        if (owner === name) owner = undefined;
        await environment.close();
      };
      return { ...environment, close };
    };
    return createEnvironmentPool({
      maxEnvironments: 3,
      version: () => "1",
      turns,
      start: (onLine, initialize) =>
        start((text) => onLine({ source: "extension", name: "x", text, epochMs: 0 }), initialize),
      onSerialised: () => told.push("serialised"),
    });
  };
  return { create, told, invoked };
}

const call = async (pool: EnvironmentPool): Promise<string> => {
  const { result, lines } = await pool.invoke(new Uint8Array(), {});
  await lines;
  return result.payload;
};

test.each([[false], [true]])(
  "functions that want one port take turns, and that is said once (laid out beforehand: %s)",
  async (isPrepared) => {
    const { create, told } = createFunctions();
    const [one, two] = [create("one"), create("two")];
    if (isPrepared) await Promise.all([one.prepare(), two.prepare()]);
    for (const [pool, answer] of [
      [one, '"one"'],
      [two, '"two"'],
      [two, '"two"'],
      [one, '"one"'],
      [two, '"two"'],
    ] as const) {
      expect(await call(pool)).toBe(answer);
    }
    expect(told).toEqual(["turns"]);
  },
);

test("invocations of both at the same time are all answered", async () => {
  const { create } = createFunctions();
  const pools = [create("one"), create("two"), create("free")];
  const answers = await Promise.all([...pools, ...pools, ...pools].map((pool) => call(pool)));
  expect(answers.toSorted()).toEqual([
    '"free"',
    '"free"',
    '"free"',
    '"one"',
    '"one"',
    '"one"',
    '"two"',
    '"two"',
    '"two"',
  ]);
});

test("if no function has the port, an extension's own lines tell why it fails", async () => {
  const { create, told } = createFunctions({ isTakenByOthers: true });
  const [one, free] = [create("one"), create("free")];
  expect(await call(free)).toBe('"free"');
  expect(await call(one)).toBe('"Extension.Crash"');
  expect(told).toEqual([]);
  expect(await call(free)).toBe('"free"');
});

test("everything ends if it is closed while one function waits for another to give way", async () => {
  const { create, invoked } = createFunctions();
  const [one, two] = [create("one"), create("two")];
  const answers = [one.invoke(new Uint8Array(), {}), two.invoke(new Uint8Array(), {})].map((answer) =>
    answer.catch(() => undefined),
  );
  await expect.poll(() => invoked.length).toBeGreaterThan(0);
  await Promise.all([one.close(), two.close()]);
  await Promise.all(answers);
});
