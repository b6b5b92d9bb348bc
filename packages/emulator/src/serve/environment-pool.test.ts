import { describe, expect, test } from "vitest";
import { createFakeEnvironments } from "../../test/fake-host.ts";
import { Interrupted } from "../host/host.ts";
import { createEnvironmentPool } from "./environment-pool.ts";
import { createPortTurns } from "./port-turns.ts";

const emptyPayload = new TextEncoder().encode("{}");
const request = (requestId: string) => ({ requestId });

/** A pool over fake environments that answer when told to. */
function createPool(
  maxEnvironments: number,
  linesOf: (start: number) => readonly string[] = () => [],
  turns = createPortTurns(() => {}),
) {
  const answers: (() => void)[] = [];
  const notes: string[] = [];
  const fakes = createFakeEnvironments(
    () => new Promise((resolve) => answers.push(() => resolve({ kind: "response", payload: "1" }))),
  );
  const code = { version: "1" };
  const pool = createEnvironmentPool({
    maxEnvironments,
    version: () => code.version,
    start(onLine, initialize) {
      for (const text of linesOf(fakes.started.length)) onLine({ source: "extension", name: "x", text, epochMs: 0 });
      return fakes.start({ function: { runtime: "x", handler: "x", codePath: "/" }, layers: [], initialize });
    },
    turns,
    onSerialised: () => notes.push("serialised"),
  });
  return { pool, fakes, answers, notes, code };
}

async function waitFor(isTrue: () => boolean): Promise<void> {
  await expect.poll(isTrue).toBe(true);
}

describe("an environment pool", () => {
  test("uses an environment again once it is free", async () => {
    const { pool, fakes, answers } = createPool(5);
    for (const id of ["a", "b"]) {
      const answer = pool.invoke(emptyPayload, request(id));
      await waitFor(() => answers.length > 0);
      answers.pop()?.();
      expect((await (await answer).lines).map((line) => line.text)).toEqual(["function line", "REPORT"]);
    }
    expect(fakes.started).toHaveLength(1);
  });

  test("starts one more for each invocation at the same time, up to the limit; further invocations wait", async () => {
    const { pool, fakes, answers } = createPool(2);
    const invocations = ["a", "b", "c"].map((id) => pool.invoke(emptyPayload, request(id)));
    await waitFor(() => answers.length === 2);
    expect(fakes.started).toHaveLength(2);
    answers.shift()?.();
    await waitFor(() => answers.length === 2);
    for (const answer of answers) answer();
    expect(await Promise.all(invocations)).toHaveLength(3);
    expect(fakes.started).toHaveLength(2);
  });

  test("uses the environment that was laid out before, also for an invocation that comes meanwhile", async () => {
    const { pool, fakes, answers } = createPool(5);
    const prepared = pool.prepare();
    const answer = pool.invoke(emptyPayload, request("a"));
    await prepared;
    await pool.prepare();
    await waitFor(() => answers.length > 0);
    answers.pop()?.();
    await answer;
    expect(fakes.started).toMatchObject([{ initialize: "at-first-invoke" }]);
  });

  test("starts an environment at once if laying one out failed", async () => {
    let isFirst = true;
    const { fakes, answers, ...parts } = createPool(1);
    const pool = createEnvironmentPool({
      maxEnvironments: 1,
      version: () => "1",
      turns: createPortTurns(() => {}),
      onSerialised: () => parts.notes.push("serialised"),
      start: () => {
        if (!isFirst) return fakes.start({ function: { runtime: "x", handler: "x", codePath: "/" }, layers: [] });
        isFirst = false;
        return Promise.reject(new Error("no disk"));
      },
    });
    await expect(pool.prepare()).rejects.toThrow("no disk");
    const answer = pool.invoke(emptyPayload, request("a"));
    await waitFor(() => answers.length > 0);
    answers.pop()?.();
    expect((await answer).result.payload).toBe("1");
  });

  test("replaces an environment whose code has changed, also for invocations that wait", async () => {
    const { pool, fakes, answers, code } = createPool(1);
    const first = pool.invoke(emptyPayload, request("a"));
    const second = pool.invoke(emptyPayload, request("b"));
    await waitFor(() => answers.length === 1);
    code.version = "2";
    answers.pop()?.();
    await first;
    await waitFor(() => answers.length === 1);
    answers.pop()?.();
    await second;
    expect(fakes.started).toHaveLength(2);
    expect(fakes.open()).toBe(1);
  });

  test("goes on with the first environment if a second one wants its port, and warns once", async () => {
    const { pool, fakes, answers, notes } = createPool(5, (start) => (start === 0 ? [] : ["listen EADDRINUSE: 2773"]));
    const first = pool.invoke(emptyPayload, request("a"));
    await waitFor(() => answers.length === 1);
    const others = ["b", "c"].map((id) => pool.invoke(emptyPayload, request(id)));
    await waitFor(() => notes.length === 1 && fakes.open() === 1);
    for (let done = 0; done < 3; done++) {
      await waitFor(() => answers.length > 0);
      answers.shift()?.();
    }
    expect(await Promise.all([first, ...others])).toHaveLength(3);
    expect(notes).toEqual(["serialised"]);
    await pool.close();
    expect(fakes.open()).toBe(0);
  });

  test("keeps a first environment whose port another program has: its own lines tell why it fails", async () => {
    const { pool, answers, notes } = createPool(5, () => ["bind: address already in use"]);
    const answer = pool.invoke(emptyPayload, request("a"));
    await waitFor(() => answers.length === 1);
    answers[0]?.();
    expect((await answer).result.payload).toBe("1");
    expect(notes).toEqual([]);
  });

  test("fails every invocation that waits if no environment can start", async () => {
    const pool = createEnvironmentPool({
      maxEnvironments: 1,
      version: () => "1",
      turns: createPortTurns(() => {}),
      start: () => Promise.reject(new Error("no interpreter")),
      onSerialised() {},
    });
    const outcomes = await Promise.allSettled(["a", "b"].map((id) => pool.invoke(emptyPayload, request(id))));
    expect(outcomes.map((outcome) => outcome.status)).toEqual(["rejected", "rejected"]);
  });

  test("ends its environments when it is closed, and refuses invocations that wait and that come later", async () => {
    const { pool, fakes, answers } = createPool(1);
    const running = pool.invoke(emptyPayload, request("a"));
    await waitFor(() => answers.length === 1);
    const waiting = pool.invoke(emptyPayload, request("b"));
    const refused = waiting.catch((error: unknown) => error);
    await pool.close();
    expect(await refused).toBeInstanceOf(Interrupted);
    await expect(pool.invoke(emptyPayload, request("c"))).rejects.toBeInstanceOf(Interrupted);
    answers[0]?.();
    await running;
    expect(fakes.open()).toBe(0);
  });
});
