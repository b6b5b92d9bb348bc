/** Where deliveries go. */
export interface DeliverySink {
  push(body: Buffer): void;
  /** Resolves when there is room for another body. */
  room(): Promise<void>;
  /** Called for bytes that are no delivery; the text says what they are. */
  onProblem(problem: string): void;
}

/** Eight of the largest deliveries; past it the platform buffers, and reports what it drops. */
const maxPendingBytes = 16 * 1024 * 1024;
/** What a body costs beside its bytes, so that millions of tiny ones count too. */
const bytesPerBody = 1024;

/** What it remembers: more than the platform sends at a time, so that it knows every repeated delivery. */
const remembered = { items: 16, bytes: 2 * 1024 * 1024 };

/**
 * Bodies that were acknowledged and wait for the consumer, in order. `consume` must not reject.
 * Bounded by bytes: the listener holds its acknowledgement while the intake is full.
 */
export function createTelemetryIntake(consume: (body: Buffer) => Promise<void>) {
  let tail = Promise.resolve();
  let pendingBytes = 0;
  let waiting: (() => void)[] = [];

  async function run(body: Buffer, before: Promise<void>): Promise<void> {
    await before;
    await consume(body);
    pendingBytes -= body.length + bytesPerBody;
    if (pendingBytes > maxPendingBytes) return;
    const woken = waiting;
    waiting = [];
    for (const wake of woken) wake();
  }

  return {
    push(body: Buffer): void {
      pendingBytes += body.length + bytesPerBody;
      tail = run(body, tail);
    },
    /** See {@link DeliverySink}. */
    room: (): Promise<void> =>
      pendingBytes <= maxPendingBytes ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve)),
    /** Resolves when every body pushed so far has been consumed. */
    idle: (): Promise<void> => tail,
  };
}

/**
 * Knows a delivery that comes again: the platform repeats one whose acknowledgement it did not get. Remembers the
 * latest 16, up to 2 MiB. Equal bytes are the same delivery: each event in it has the millisecond of its making.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/telemetry-api.html
 */
export function createRepeatedDelivery(): (body: Buffer) => boolean {
  const latest: Buffer[] = [];
  let bytes = 0;
  return (body) => {
    if (latest.some((one) => one.equals(body))) return true;
    latest.push(body);
    bytes += body.length;
    while (latest.length > remembered.items || bytes > remembered.bytes) bytes -= latest.shift()?.length ?? 0;
    return false;
  };
}
