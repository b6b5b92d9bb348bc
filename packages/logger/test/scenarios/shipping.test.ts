import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { startHttpReceiver } from "../http-receiver.ts";
import type { HttpReceiver } from "../http-receiver.ts";
import { parseLines, startScenario } from "../run-scenario.ts";
import type { Scenario } from "../run-scenario.ts";

let receiver: HttpReceiver;
let scenario: Scenario | undefined;
beforeEach(async () => {
  receiver = await startHttpReceiver();
});
afterEach(async () => {
  await scenario?.close();
  scenario = undefined;
  await receiver.close();
});

async function start(settings: Record<string, string> = {}, options: Parameters<typeof startScenario>[1] = {}) {
  const http = { LOGGER_DESTINATION: "http", LOGGER_HTTP_URL: receiver.url.href, LOGGER_TYPES: "function" };
  // A flush that runs out of time is tested in trouble.test.ts; here, a busy machine must not cause one.
  scenario = await startScenario({ ...http, LOGGER_FLUSH_BUDGET_MS: "10000", ...settings }, options);
  return scenario;
}

const arrived = () => parseLines(receiver.acceptedLines());
const account = (scenario: Scenario) => scenario.messages().find((message) => message.startsWith("account: "));

describe("the built layer", () => {
  test("ships every line of every invocation exactly once, in order, with its request id", async () => {
    const scenario = await start();
    const expected: string[] = [];
    for (const mark of ["a", "b", "c"]) {
      const { requestId, answer } = await scenario.invokeAndRest({ count: 200, bytes: 100, mark });
      expect(answer).toBe('"answered"');
      expected.push(
        ...Array.from({ length: 200 }, (_unused, index) => `${requestId} ${`${mark}${index} `.padEnd(100, "x")}`),
      );
    }
    await scenario.shutdown();
    expect(arrived().map(({ requestId, record }) => `${requestId} ${record as string}`)).toEqual(expected);
    expect(account(scenario)).toBe("account: 600 received = 600 delivered + 0 dropped + 0 pending");
    expect(scenario.messages()).toHaveLength(1);
  });

  test("ships the lines of an invocation before the environment freezes", async () => {
    const scenario = await start();
    await scenario.invokeAndRest({ lines: ["hello"] });
    expect(arrived()).toMatchObject([{ record: "hello", functionName: "scenario", functionVersion: "$LATEST" }]);
  });

  test("ships platform events too, down to the report of the last invocation", async () => {
    const scenario = await start({ LOGGER_TYPES: "platform" });
    const { requestId } = await scenario.invokeAndRest({ lines: ["hello"] });
    await scenario.shutdown();
    const types = arrived().map(({ type }) => type);
    expect(types).toContain("platform.initStart");
    expect(types).not.toContain("function");
    expect(
      arrived().filter(({ type, ...line }) => type === "platform.report" && line.requestId === requestId),
    ).toHaveLength(1);
  });

  test("ships lines that are objects as objects", async () => {
    const scenario = await start({}, { logFormat: "JSON" });
    const { requestId } = await scenario.invokeAndRest({ lines: ['{"level":"INFO","message":"hello","n":1}'] });
    expect(arrived()).toMatchObject([{ requestId, record: { level: "INFO", message: "hello", n: 1 } }]);
  });

  test("ships a line of a megabyte", async () => {
    const scenario = await start();
    const long = "é日x".repeat(170_000);
    await scenario.invokeAndRest({ lines: ["before", long, "after"] });
    await scenario.shutdown();
    expect(
      arrived()
        .map(({ record }) => record)
        .join(""),
    ).toBe(`before${long}after`);
  });

  test("cuts a line that is longer than a batch into pieces that join", async () => {
    const scenario = await start({ LOGGER_BATCH_MAX_BYTES: "50000" });
    const long = "é日x".repeat(20_000);
    await scenario.invokeAndRest({ lines: [long] });
    await scenario.shutdown();
    const pieces = arrived();
    expect(pieces.length).toBeGreaterThan(1);
    expect(pieces.map(({ part }) => part?.index)).toEqual(pieces.map((_piece, index) => index));
    expect(pieces.map(({ record }) => record).join("")).toBe(long);
    for (const { body } of receiver.requests) expect(Buffer.byteLength(body)).toBeLessThanOrEqual(50_000);
  });

  test("ships two megabytes of one invocation", async () => {
    const scenario = await start();
    await scenario.invokeAndRest({ count: 2000, bytes: 1000, mark: "n" });
    await scenario.shutdown();
    expect(arrived().map(({ record }) => (record as string).trimEnd().split(" ")[0])).toEqual(
      Array.from({ length: 2000 }, (_unused, index) => `n${index}`),
    );
    expect(account(scenario)).toBe("account: 2000 received = 2000 delivered + 0 dropped + 0 pending");
  });

  test("loses nothing across freezes, with a receiver that closes idle connections", async () => {
    const scenario = await start({}, { freeze: true });
    for (const mark of ["a", "b", "c"]) {
      await scenario.invokeAndRest({ lines: [mark] });
      receiver.closeIdleConnections();
    }
    await scenario.shutdown();
    expect(arrived().map(({ record }) => record)).toEqual(["a", "b", "c"]);
  });

  test("ships the lines of a function that runs out of time", async () => {
    const scenario = await start({}, { timeoutSeconds: 2 });
    const { answer } = await scenario.invokeAndRest({ lines: ["begun"], waitMs: 60_000 });
    expect(answer).toContain("Task timed out");
    await scenario.close();
    expect(arrived().map(({ record }) => record)).toEqual(["begun"]);
  });

  test("ships beside running requests on Managed Instances", async () => {
    const scenario = await start({}, { initializationType: "lambda-managed-instances" });
    const { requestId } = await scenario.invoke({ count: 3, mark: "n" });
    expect(requestId).not.toBe("");
    await scenario.shutdown();
    expect(arrived()).toHaveLength(3);
    expect(account(scenario)).toBe("account: 3 received = 3 delivered + 0 dropped + 0 pending");
  });

  test("does not ship its own messages if extensions' lines are shipped", async () => {
    const scenario = await start({ LOGGER_TYPES: "function,extension" });
    receiver.answerWith(() => 400);
    await scenario.invokeAndRest({ lines: ["refused"] });
    receiver.answerWith(() => 200);
    await scenario.invokeAndRest({ lines: ["taken"] });
    await scenario.shutdown();
    expect(scenario.messages().join("\n")).toContain("refuses lines (status 400): 1 dropped");
    expect(arrived().map(({ record }) => record)).toEqual(["taken"]);
    expect(account(scenario)).toBe("account: 2 received = 1 delivered + 1 dropped (rejected 1) + 0 pending");
  });

  test("appends to a file", async () => {
    const scenario = await start({ LOGGER_DESTINATION: "file", LOGGER_FILE_PATH: "/tmp/lines.ndjson" });
    const { requestId } = await scenario.invokeAndRest({ lines: ["hello"] });
    const text = await readFile(join(scenario.tmpPath, "lines.ndjson"), "utf8");
    expect(parseLines(text.trimEnd().split("\n"))).toMatchObject([{ requestId, record: "hello" }]);
  });
});
