import { EmulatorError, mutations } from "@lambda-extension/emulator";
import type { Mutation } from "@lambda-extension/emulator";
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

async function start(settings: Record<string, string>) {
  scenario = await startScenario(settings);
  return scenario;
}

const http = () => ({ LOGGER_DESTINATION: "http", LOGGER_HTTP_URL: receiver.url.href, LOGGER_TYPES: "function" });
/** For a destination that takes everything: a busy machine may take longer for that than the 400 ms of the default. */
const healthy = () => ({ ...http(), LOGGER_FLUSH_BUDGET_MS: "10000" });
const records = () => parseLines(receiver.acceptedLines()).map(({ record }) => record);

describe("the built layer in trouble", () => {
  test.each([
    ["never answers", "hang"],
    ["answers 500", 500],
    ["resets", "reset"],
  ] as const)(
    "lets the function answer each time with a destination that %s, reports that once, and accounts for every line",
    async (_what, answer) => {
      receiver.answerWith(() => answer);
      const scenario = await start(http());
      for (const mark of ["a", "b", "c"]) {
        expect((await scenario.invokeAndRest({ lines: [mark] })).answer).toBe('"answered"');
      }
      const tries = receiver.requests.length;
      await scenario.invokeAndRest({ lines: ["d"] });
      expect(receiver.requests).toHaveLength(tries);
      await scenario.shutdown();
      expect(scenario.messages()).toEqual([
        expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+ took nothing in \d+ ms \(.+\); lines waiting: 1\. /),
        "account: 4 received = 0 delivered + 0 dropped + 4 pending",
      ]);
    },
  );

  test("delivers everything at shutdown if the destination has come back", async () => {
    receiver.answerWith(() => 503);
    const scenario = await start(http());
    for (const mark of ["a", "b"]) await scenario.invokeAndRest({ lines: [mark] });
    receiver.answerWith(() => 200);
    await scenario.shutdown();
    expect(records()).toEqual(["a", "b"]);
    expect(scenario.messages().at(-1)).toBe("account: 2 received = 2 delivered + 0 dropped + 0 pending");
  });

  test("delivers exactly once through failures that pass", async () => {
    const answers = [500, "reset", 429, 200] as const;
    let count = 0;
    receiver.answerWith(() => answers[Math.min(count++, 3)] ?? 200);
    const scenario = await start(healthy());
    await scenario.invokeAndRest({ lines: ["a", "b"] });
    await scenario.shutdown();
    expect(records()).toEqual(["a", "b"]);
    expect(new Set(receiver.requests.map(({ headers }) => headers["idempotency-key"])).size).toBe(1);
  });

  test("ships a delivery that comes twice once, and reports how often that was", async () => {
    scenario = await startScenario(healthy(), { faults: [{ kind: "telemetry", mutate: mutations.redeliver }] });
    for (const mark of ["a", "b"]) await scenario.invokeAndRest({ lines: [mark] });
    await scenario.shutdown();
    expect(records()).toEqual(["a", "b"]);
    expect(scenario.messages()).toEqual([
      expect.stringMatching(/^Telemetry: repeated deliveries, each passed on once: [1-9]/),
      "account: 2 received = 2 delivered + 0 dropped + 0 pending",
    ]);
  });

  test("counts what a platform without redelivery drops, and ships everything else", async () => {
    // The test counts what the platform sends: how much it drops depends on how busy this machine is.
    const sent: { readonly type: string; readonly record: { readonly droppedRecords?: number } }[] = [];
    const mutate: Mutation = (events) => {
      sent.push(...events.map((event) => JSON.parse(event) as (typeof sent)[number]));
      return [`[${events.join(",")}]`];
    };
    const running = await startScenario(healthy(), {
      telemetryDelivery: "strict",
      faults: [{ kind: "telemetry", mutate }],
    });
    scenario = running;
    await running.invokeAndRest({ count: 1000, bytes: 1000, mark: "a" });
    // One batch is on its way while the logger stands still, and the platform drops those behind it.
    running.kill("logger", "SIGSTOP");
    await running.invoke({ count: 4000, bytes: 1000, mark: "b" });
    await expect.poll(() => running.lines.filter(({ source }) => source === "function").length).toBe(5000);
    running.kill("logger", "SIGCONT");
    await running.idle();
    await running.invokeAndRest({ count: 3000, bytes: 100, mark: "c" });
    await running.shutdown();
    const lines = sent.filter(({ type }) => type === "function").length;
    const dropped = sent.reduce((sum, { record }) => sum + (record.droppedRecords ?? 0), 0);
    expect(dropped).toBeGreaterThan(0);
    const sum = `account: ${lines} received = ${lines} delivered + 0 dropped + 0 pending`;
    expect(running.messages()).toEqual([`${sum}; dropped by the platform before they came here: ${dropped}`]);
    expect(records()).toHaveLength(lines);
    // The platform may also drop its report of what it dropped: the sum of both is at most what was written.
    expect(lines).toBeLessThan(8000);
  });

  test("does not hold an invocation to its deadline if the platform dropped the event of its end", async () => {
    const lost =
      '{"time":"2026-01-01T00:00:00.000Z","type":"platform.logsDropped","record":{"reason":"slow","droppedRecords":1,"droppedBytes":100}}';
    const mutate: Mutation = (events) => [
      `[${events.map((event) => (event.includes('"platform.runtimeDone"') ? lost : event)).join(",")}]`,
    ];
    scenario = await startScenario(healthy(), { faults: [{ kind: "telemetry", mutate }], timeoutSeconds: 600 });
    for (const mark of ["a", "b"]) await scenario.invokeAndRest({ lines: [mark] });
    await scenario.shutdown();
    expect(records()).toEqual(["a", "b"]);
    expect(scenario.messages()).toEqual([
      "account: 2 received = 2 delivered + 0 dropped + 0 pending; dropped by the platform before they came here: 2",
    ]);
  });

  test("loses nothing to a freeze of ten minutes in the middle of a flush", async ({ skip }) => {
    receiver.answerWith(() => "hang");
    const settings = { ...http(), LOGGER_FLUSH_BUDGET_MS: "1000" };
    const running = await startScenario(settings, { clock: "movable" }).catch((error: unknown) => {
      if (error instanceof EmulatorError && error.message.includes("libfaketime")) return skip(error.message);
      throw error;
    });
    scenario = running;
    await running.invoke({ lines: ["a"] });
    await expect.poll(() => receiver.requests.length).toBe(1);
    running.kill("logger", "SIGSTOP");
    running.skip(600_000);
    receiver.answerWith(() => 200);
    running.kill("logger", "SIGCONT");
    await running.idle();
    await running.invokeAndRest({ lines: ["b"] });
    await running.shutdown();
    expect(records()).toEqual(["a", "b"]);
    expect(running.messages().at(-1)).toBe("account: 2 received = 2 delivered + 0 dropped + 0 pending");
  });

  test("splits batches that are too large for the destination", async () => {
    receiver.answerWith(({ body }) => (body.length > 40_000 ? 413 : 200));
    const scenario = await start(http());
    await scenario.invokeAndRest({ count: 100, bytes: 1000, mark: "n" });
    await scenario.shutdown();
    expect(records()).toHaveLength(100);
  });

  test("lets the function answer if nothing is configured, and says what to set", async () => {
    const scenario = await start({});
    expect((await scenario.invokeAndRest({ lines: ["a"] })).answer).toBe('"answered"');
    await scenario.shutdown();
    expect(scenario.messages()).toEqual([
      'LOGGER_DESTINATION: expected "http" or "file" (and with it LOGGER_HTTP_URL or LOGGER_FILE_PATH), got nothing',
      "The extension does nothing until this is corrected; the function is not affected",
    ]);
  });

  test("names a misspelt variable, with and without a missing setting", async () => {
    const lacking = await start({ LOGGER_DESTINATION: "http", LOGER_HTTP_URL: receiver.url.href });
    await lacking.invokeAndRest({ lines: ["a"] });
    await lacking.shutdown();
    expect(lacking.messages()).toEqual([
      'LOGGER_HTTP_URL: expected an http or https URL for "http", got nothing',
      "LOGER_HTTP_URL: no such setting; is LOGGER_HTTP_URL meant?",
      "The extension does nothing until this is corrected; the function is not affected",
    ]);
    await lacking.close();
    const working = await start({ ...http(), LOGGER_FLUSH_BUDGET: "1000" });
    await working.invokeAndRest({ lines: ["a"] });
    await working.shutdown();
    expect(working.messages()).toEqual([
      "LOGGER_FLUSH_BUDGET: no such setting; is LOGGER_FLUSH_BUDGET_MS meant?",
      "account: 1 received = 1 delivered + 0 dropped + 0 pending",
    ]);
  });

  test("lets the function answer if every setting is wrong, and names them all", async () => {
    const scenario = await start({
      LOGGER_DESTINATION: "http",
      LOGGER_HTTP_URL: "not a URL",
      LOGGER_HTTP_HEADERS: "{",
      LOGGER_TYPES: "lines",
      LOGGER_MAX_ITEMS: "many",
      LOGGER_FLUSH_BUDGET_MS: "-5",
    });
    for (const mark of ["a", "b"]) expect((await scenario.invokeAndRest({ lines: [mark] })).answer).toBe('"answered"');
    await scenario.shutdown();
    const named = scenario.messages().map((message) => message.split(":")[0]);
    expect(named.slice(0, -1).toSorted((left = "", right = "") => left.localeCompare(right))).toEqual([
      "LOGGER_FLUSH_BUDGET_MS",
      "LOGGER_HTTP_HEADERS",
      "LOGGER_HTTP_URL",
      "LOGGER_MAX_ITEMS",
      "LOGGER_TYPES",
    ]);
  });

  test("keeps its memory limit if nothing is delivered, and counts the dropped lines", async () => {
    receiver.answerWith(() => 500);
    const scenario = await start({ ...http(), LOGGER_MAX_ITEMS: "100" });
    await scenario.invokeAndRest({ count: 250, mark: "n" });
    receiver.answerWith(() => 200);
    await scenario.shutdown();
    expect(records()).toHaveLength(100);
    expect(records().at(-1)).toMatch(/^n249/);
    expect(scenario.messages().at(-1)).toBe(
      "account: 250 received = 100 delivered + 150 dropped (overflow 150) + 0 pending",
    );
  });
});
