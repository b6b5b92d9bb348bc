import { createDeadline } from "@lambda-extension/core";
import type { InvokeContext, ShutdownContext, TelemetryOptions } from "@lambda-extension/core";
import { Ledger } from "./account/ledger.ts";
import { BoundedBuffer } from "./buffer/bounded-buffer.ts";
import type { LoggerConfig } from "./config/parse-config.ts";
import type { Destination, Host } from "./destinations/destination.ts";
import { createEndOfInvocation } from "./flush/end-of-invocation.ts";
import { createFlusher } from "./flush/flusher.ts";
import { createLateTelemetry } from "./flush/late-telemetry.ts";
import type { OwnMessages } from "./own-messages.ts";
import { createLineIds } from "./transform/line-ids.ts";
import type { FunctionIdentity } from "./transform/shipped-line.ts";
import { createTransform } from "./transform/transform.ts";
import type { Transformed } from "./transform/transform.ts";

/** The parts of a logger. */
export interface LoggerParts {
  readonly config: Pick<LoggerConfig, "types" | "buffer" | "batchMaxBytes" | "flush">;
  /** Called once, when it is first needed. Your own destination needs only the interface; wrap it in `retrying`. */
  createDestination(): Destination;
  readonly identity: FunctionIdentity;
  readonly isManagedInstance: boolean;
  readonly messages: OwnMessages;
  readonly host: Host;
}

/** See {@link createPipeline}. */
export type Pipeline = ReturnType<typeof createPipeline>;

/** Of SHUTDOWN's 2 s: the wait for the last telemetry, and the time for the account after the sending. */
const lateTelemetryMs = 300;
const accountMs = 400;

/** Telemetry → lines → buffer → destination, with an account of every line. */
export function createPipeline(parts: LoggerParts) {
  const { config, messages } = parts;
  const { clock, random } = parts.host;
  const destination = parts.createDestination();
  const ledger = new Ledger();
  const buffer = new BoundedBuffer(config.buffer);
  const ids = createLineIds(random);
  const transform = createTransform({
    identity: parts.identity,
    types: config.types,
    maxBytes: config.batchMaxBytes,
    isConcurrent: parts.isManagedInstance,
    ids,
    messages,
    clock,
  });
  const flusher = createFlusher({ ...config, buffer, destination, ledger, messages, clock });
  const late = createLateTelemetry();
  const end = createEndOfInvocation();

  function store({ lines, unencodable }: Transformed): void {
    ledger.receive(lines.length + unencodable);
    ledger.drop("unencodable", unencodable);
    const overflow = lines.reduce((dropped, line) => dropped + buffer.add(line), 0);
    ledger.drop("overflow", overflow);
    if (overflow > 0) {
      messages.reportOnce(
        "overflow",
        `more lines wait than LOGGER_MAX_ITEMS or LOGGER_MAX_BYTES allow: the oldest are dropped, and counted in the account at shutdown`,
      );
    }
    flusher.linesAdded();
  }

  async function sendTheRest(context: ShutdownContext): Promise<void> {
    const deadline = createDeadline({ within: context, timeoutMs: context.remainingMs() - accountMs, clock });
    try {
      await late.settled(Math.min(lateTelemetryMs, deadline.remainingMs()));
      await context.stopTelemetry();
      store(transform.release());
      await flusher.shutDown(deadline);
    } finally {
      deadline.close();
    }
  }

  return {
    /** Delivers in an interval, for environments where no invocation ends. */
    startPeriod: (): void => flusher.startPeriod(),
    /** After a restore: the ids of lines must differ between environments of one snapshot. */
    renewIds: (): void => ids.renew(),
    accept(...[events, malformed]: Parameters<TelemetryOptions["onEvents"]>): void {
      late.see(events);
      end.see(events, malformed);
      for (const event of events) {
        if (event.kind === "platform.logsDropped") ledger.loseBefore(event.record.droppedRecords);
      }
      ledger.markMalformed(malformed.length);
      store(transform.accept(events, malformed));
    },
    /** Resolves when the function has finished and its lines are delivered, or the budget for that is spent. */
    async deliverInvocation(context: InvokeContext): Promise<void> {
      if (!flusher.invocationStarted()) return;
      await end.awaited(context);
      await flusher.invocationEnded(context.remainingMs());
    },
    /** Delivers the rest within the deadline, and reports the account. */
    async shutDown(context: ShutdownContext): Promise<void> {
      try {
        await sendTheRest(context);
      } finally {
        messages.report(ledger.toLine(buffer.items));
        await destination.close();
      }
    },
  };
}
