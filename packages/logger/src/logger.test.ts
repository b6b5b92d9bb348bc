import type {
  InvokeContext,
  InvokeEvent,
  MalformedEvent,
  ShutdownContext,
  ShutdownEvent,
  TelemetryEvent,
} from "@lambda-extension/core";
import { ConfigError } from "@lambda-extension/core";
import * as fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createHost, createMessages, createScripted } from "../test/fakes.ts";
import type { Script } from "../test/fakes.ts";
import { createLogger, createUnconfiguredLogger } from "./logger.ts";
import type { ShippedLine } from "./transform/shipped-line.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const time = "2026-01-01T00:00:00.000Z";
const line = (record: string): TelemetryEvent => ({ kind: "function", time, record });
const start = (requestId: string): TelemetryEvent => ({ kind: "platform.start", time, record: { requestId } });
const dropped: TelemetryEvent = {
  kind: "platform.logsDropped",
  time,
  record: { reason: "slow", droppedRecords: 12, droppedBytes: 1 },
};
const shutdownEvent: ShutdownEvent = { eventType: "SHUTDOWN", deadlineMs: 0, shutdownReason: "spindown" };

const base = {
  name: "logger",
  registration: { identifierHint: "", functionName: "", functionVersion: "", handler: "", registeredBy: "core" },
  initializationType: "on-demand",
  hasTelemetry: true,
} as const;

function deadlineIn(timeoutMs: number) {
  const deadlineEpochMs = Date.now() + timeoutMs;
  const remainingMs = () => Math.max(0, deadlineEpochMs - Date.now());
  return { deadlineEpochMs, remainingMs, signal: new AbortController().signal };
}

/** A logger whose handlers the test calls as the loop would. */
function create(
  script: Script,
  changes: { readonly maxItems?: number; readonly late?: readonly TelemetryEvent[] } = {},
) {
  const destination = createScripted(script);
  const { said, messages } = createMessages();
  const options = createLogger({
    config: {
      types: ["function"],
      buffer: { maxItems: changes.maxItems ?? 1000, maxBytes: 1_000_000 },
      batchMaxBytes: 5000,
      flush: { budgetMs: 400, intervalMs: 0 },
    },
    createDestination: () => destination,
    identity: { functionName: "hello", functionVersion: "$LATEST" },
    isManagedInstance: false,
    messages,
    host: createHost(),
  });
  const receive = (events: readonly TelemetryEvent[], malformed: readonly MalformedEvent[] = []) =>
    options.telemetry?.onEvents(events, malformed);
  return {
    options,
    said,
    receive,
    records: () => destination.batches.flatMap(({ lines }) => lines.map(({ text }) => JSON.parse(text) as ShippedLine)),
    invoke: async (events: readonly TelemetryEvent[], isDone = true): Promise<number> => {
      const begin = Date.now();
      const context: InvokeContext = {
        ...base,
        ...deadlineIn(3000),
        requestId: "r",
        functionArn: "",
        async runtimeDone({ graceMs }) {
          if (isDone) return { kind: "platform.runtimeDone", time, record: { requestId: "r", status: "success" } };
          await new Promise((resolve) => setTimeout(resolve, graceMs));
          return undefined;
        },
      };
      const event: InvokeEvent = { eventType: "INVOKE", deadlineMs: 0, requestId: "r", invokedFunctionArn: "" };
      const handled = Promise.resolve(options.onInvoke?.(event, context)).then(() => Date.now() - begin);
      void receive(events);
      await vi.advanceTimersByTimeAsync(4000);
      return handled;
    },
    shutDown: async (): Promise<number> => {
      const begin = Date.now();
      const context: ShutdownContext = {
        ...base,
        ...deadlineIn(2000),
        reason: "spindown",
        async stopTelemetry() {
          await receive(changes.late ?? []);
        },
      };
      const handled = Promise.resolve(options.onShutdown?.(shutdownEvent, context)).then(() => Date.now() - begin);
      await vi.advanceTimersByTimeAsync(2000);
      return handled;
    },
  };
}

const sent = { kind: "sent" } as const;

describe("createLogger", () => {
  test("ships an invocation's lines before it asks for the next one", async () => {
    const { invoke, records } = create(() => sent);
    await invoke([start("r"), line("hello")]);
    expect(records()).toMatchObject([{ record: "hello", requestId: "r" }]);
  });

  test("subscribes to platform events even if they are not shipped, and buffers as shortly as possible", () => {
    const { options } = create(() => sent);
    expect(options.telemetry).toMatchObject({ types: ["function", "platform"], buffering: { timeoutMs: 25 } });
  });

  test("ships lines that come during the shutdown, and those of an init without a request, then reports its account", async () => {
    const { receive, shutDown, records, said } = create(() => sent, { late: [line("late")] });
    await receive([line("init")]);
    await shutDown();
    expect(records().map(({ record }) => record)).toEqual(["init", "late"]);
    expect(said).toEqual(["account: 2 received = 2 delivered + 0 dropped + 0 pending"]);
  });

  test("reports its account before the deadline if the destination hangs", async () => {
    const { invoke, shutDown, said } = create(() => "hang");
    await invoke([start("r"), line("hello")]);
    expect(await shutDown()).toBeLessThanOrEqual(1600);
    expect(said.at(-1)).toBe("account: 1 received = 0 delivered + 0 dropped + 1 pending");
  });

  test("reports its account even if stopping fails", async () => {
    const { options, said } = create(() => sent);
    const context: ShutdownContext = {
      ...base,
      ...deadlineIn(2000),
      reason: "",
      stopTelemetry: () => Promise.reject(new Error("x")),
    };
    const [ended] = await Promise.allSettled([
      options.onShutdown?.(shutdownEvent, context),
      vi.advanceTimersByTimeAsync(2000),
    ]);
    expect(ended.status).toBe("rejected");
    expect(said).toEqual(["account: 0 received = 0 delivered + 0 dropped + 0 pending"]);
  });

  test("drops the oldest lines of an overflow, reports that once and counts them", async () => {
    const { receive, shutDown, records, said } = create(() => sent, { maxItems: 2 });
    await receive([start("r"), line("a"), line("b"), line("c"), line("d")]);
    await shutDown();
    expect(records().map(({ record }) => record)).toEqual(["c", "d"]);
    expect(said).toHaveLength(2);
    expect(said[0]).toContain("LOGGER_MAX_ITEMS");
    expect(said[1]).toBe("account: 4 received = 2 delivered + 2 dropped (overflow 2) + 0 pending");
  });

  test("does not wait for the end of an invocation while its destination is dead", async () => {
    const { invoke, said } = create(() => "hang");
    expect(await invoke([start("r"), line("a")])).toBe(400);
    // The platform would announce this invocation's end only after seconds.
    expect(await invoke([line("b")], false)).toBe(0);
    expect(said).toHaveLength(1);
  });

  test("holds one invocation whose end is not announced, then sends at the start until an end is announced", async () => {
    const { invoke, receive, records } = create(() => sent);
    expect(await invoke([start("r"), line("a")], false)).toBe(2500);
    expect(records()).toEqual([]);
    expect(await invoke([line("b")], false)).toBe(0);
    expect(records().map(({ record }) => record)).toEqual(["a", "b"]);
    await receive([{ kind: "platform.runtimeDone", time, record: { requestId: "r", status: "success" } }]);
    expect(await invoke([line("c")], false)).toBe(2500);
  });

  test.each([
    ["the platform dropped events", [dropped], [], 1000],
    ["something malformed came", [], [{ problem: "not JSON", raw: "{" }], 1000],
    [
      "the end came all the same",
      [dropped, { kind: "platform.runtimeDone", time, record: { requestId: "q", status: "success" } }],
      [],
      2500,
    ],
  ] as const)(
    "waits for the end of an invocation no longer than a quiet second if %s",
    async (_what, events, malformed, heldMs) => {
      const { invoke, receive } = create(() => sent);
      const held = invoke([start("r"), line("a")], false);
      void receive(events, malformed);
      expect(await held).toBe(heldMs);
    },
  );

  test("goes on waiting while telemetry comes", async () => {
    const { invoke, receive } = create(() => sent);
    const held = invoke([start("r"), dropped], false);
    setTimeout(() => void receive([line("b")]), 800);
    expect(await held).toBe(1800);
  });

  test("counts the records that the platform dropped", async () => {
    const { receive, shutDown, said } = create(() => sent);
    await receive([dropped]);
    await shutDown();
    expect(said[0]).toContain("dropped by the platform before they came here: 12");
  });

  test("balances its account after any sequence of lines, invocations and answers", async () => {
    const outcome = fc.constantFrom<("hang" | "sent" | "retry" | "split" | "drop")[]>(
      "hang",
      "sent",
      "retry",
      "split",
      "drop",
    );
    const step = fc.oneof(fc.record({ lines: fc.integer({ min: 0, max: 40 }), invoke: fc.boolean() }));
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 8 }),
        fc.array(outcome, { maxLength: 12 }),
        async (steps, outcomes) => {
          const script = [...outcomes];
          const { invoke, receive, shutDown, said } = create(
            () => {
              const kind = script.shift() ?? "sent";
              return kind === "hang" ? kind : kind === "sent" ? sent : { kind, cause: "scripted" };
            },
            { maxItems: 50 },
          );
          let received = 0;
          for (const step of steps) {
            const lines = Array.from({ length: step.lines }, () => line("x".repeat(300)));
            received += lines.length;
            if (step.invoke) await invoke([start("r"), ...lines]);
            else await receive(lines);
          }
          await shutDown();
          const account = said.at(-1) ?? "";
          const [, total, delivered, dropped, pending] =
            /^account: (\d+) received = (\d+) delivered \+ (\d+) dropped(?: \([^)]*\))? \+ (\d+) pending$/.exec(
              account,
            ) ?? [];
          expect(Number(total)).toBe(received);
          expect(Number(delivered) + Number(dropped) + Number(pending)).toBe(received);
        },
      ),
      { numRuns: 60 },
    );
  });
});

test("throws every problem of a configuration; the loop fails open", () => {
  const { messages } = createMessages();
  const options = createUnconfiguredLogger(["A: expected 1, got 2", "B: expected 3, got 4"], messages);
  expect(options.telemetry).toBeUndefined();
  expect(() => options.onInit?.(base)).toThrow(ConfigError);
});
