import { describeError } from "../describe-error.ts";
import type { TelemetryOptions } from "../extension-options.ts";
import type { ExtensionsApi } from "../extensions-api.ts";
import { decodeTelemetryBatch } from "./decode-telemetry.ts";
import { createRepeatedDelivery, createTelemetryIntake } from "./intake.ts";
import { startTelemetryListener } from "./listener.ts";
import type { TelemetryListener } from "./listener.ts";
import { createRuntimeDoneTracker } from "./runtime-done.ts";
import type { RuntimeDoneTracker } from "./runtime-done.ts";
import { subscribeToTelemetry } from "./subscribe.ts";
import type { TelemetryEvent } from "./telemetry-event.ts";

/** Each problem of deliveries is reported once, and no more than this many. */
const maxReportedProblems = 10;

/** A subscription that delivers. */
export interface Telemetry {
  /** Absent if the extension did not ask for platform events. */
  readonly runtimeDone?: RuntimeDoneTracker;
  /** After a failed start: goes on acknowledging, since the platform would retry for ever, and forgets the events. */
  discard(): void;
  /** Takes no more deliveries; resolves when every acknowledged one has gone through `onEvents`. Idempotent. */
  close(): Promise<void>;
}

/** What telemetry needs of the loop. */
export interface StartTelemetryOptions {
  readonly api: ExtensionsApi;
  readonly options: TelemetryOptions;
  readonly initializationType: string;
  /** Where the listener binds; undefined stands for every address. */
  readonly address: string | undefined;
  /** Runs before the consumer sees the events: the loop notices a restore here. */
  beforeEvents(events: readonly TelemetryEvent[]): Promise<void>;
  /** A failure of the consumer. */
  onFailure(error: unknown): void;
  /** Called once; the extension goes on without telemetry. */
  readonly report: (message: string) => void;
}

/** Listens, then subscribes. Undefined if the platform has no telemetry or refused; reports that. Never rejects. */
export async function startTelemetry(start: StartTelemetryOptions): Promise<Telemetry | undefined> {
  const { options, address, report } = start;
  const { protocol = "HTTP", port = 0 } = options;
  const runtimeDone = createRuntimeDoneTracker();
  const { sink, discard, finish } = createReceiver(start, runtimeDone);
  let listener: TelemetryListener | undefined;
  try {
    listener = await startTelemetryListener({ protocol, port, address, sink });
    const answer = await subscribeToTelemetry(start.api, options, { ...start, port: listener.port });
    if (answer.kind === "refused") throw answer.error;
    if (answer.kind === "subscribed") {
      const { close } = listener;
      const telemetry = { close: () => close().then(finish), discard };
      return options.types.includes("platform") ? { ...telemetry, runtimeDone } : telemetry;
    }
    report(noTelemetry);
  } catch (error) {
    report(`The extension goes on without telemetry: ${describeError(error)}`);
  }
  await listener?.close();
  return undefined;
}

const noTelemetry =
  "The platform has no telemetry: it accepted the subscription and will never deliver (202, as in `sam local invoke`). " +
  "The extension goes on without it.";

/** Takes the deliveries, and passes their events to the consumer. */
function createReceiver(start: StartTelemetryOptions, runtimeDone: RuntimeDoneTracker) {
  const { options, report } = start;
  let isDiscarding = false;
  let repeated = 0;
  const isRepeated = createRepeatedDelivery();
  const reported = new Set<string>();
  const intake = createTelemetryIntake(async (body) => {
    const { events, malformed } = decodeTelemetryBatch(body);
    try {
      await start.beforeEvents(events);
      if (!isDiscarding && (events.length > 0 || malformed.length > 0)) await options.onEvents(events, malformed);
    } catch (error) {
      start.onFailure(error);
    }
    // After the consumer: a handler that waits for runtimeDone has then seen all earlier events.
    runtimeDone.see(events);
  });
  return {
    sink: {
      room: () => intake.room(),
      push(body: Buffer): void {
        // TCP has no acknowledgement, and so the platform repeats nothing.
        if (options.protocol !== "TCP" && isRepeated(body)) repeated += 1;
        else intake.push(body);
      },
      onProblem(problem: string): void {
        if (reported.has(problem) || reported.size >= maxReportedProblems) return;
        reported.add(problem);
        report(`Telemetry: ${problem}`);
      },
    },
    discard: () => void (isDiscarding = true),
    /** Resolves when every delivery has been consumed; reports how many came again. */
    finish: async (): Promise<void> => {
      await intake.idle();
      if (repeated > 0) report(`Telemetry: repeated deliveries, each passed on once: ${repeated}`);
      repeated = 0;
    },
  };
}
