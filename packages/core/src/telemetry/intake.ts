/**
 * Bodies that were acknowledged and wait for the consumer, in order.
 * Bounded by bytes: the listener holds its acknowledgement while it is full.
 */
export interface TelemetryIntake {
  push(body: Buffer): void;
  /** Resolves when there is room for another body. */
  room(): Promise<void>;
  /** Resolves when every body pushed so far has been consumed. */
  idle(): Promise<void>;
}

/** Where deliveries go. */
export interface DeliverySink extends Pick<TelemetryIntake, "push" | "room"> {
  /** Something that came is no delivery; the text says what. */
  onProblem(problem: string): void;
}

/** Eight of the largest deliveries; past it the platform buffers, and says what it drops. */
const maxPendingBytes = 16 * 1024 * 1024;

/** See {@link TelemetryIntake}. `consume` must not reject. */
export function createTelemetryIntake(consume: (body: Buffer) => Promise<void>): TelemetryIntake {
  let tail = Promise.resolve();
  let pendingBytes = 0;
  let waiting: (() => void)[] = [];

  async function run(body: Buffer, before: Promise<void>): Promise<void> {
    await before;
    await consume(body);
    pendingBytes -= body.length;
    if (pendingBytes > maxPendingBytes) return;
    const woken = waiting;
    waiting = [];
    for (const wake of woken) wake();
  }

  return {
    push(body) {
      pendingBytes += body.length;
      tail = run(body, tail);
    },
    room: () => (pendingBytes <= maxPendingBytes ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve))),
    idle: () => tail,
  };
}
