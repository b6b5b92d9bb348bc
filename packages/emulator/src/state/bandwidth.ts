/** How fast a streamed answer may go. */
export interface Bandwidth {
  /** Takes bytes that have come. Returns how long nothing more may be read. Units: milliseconds, of a steady clock. */
  take(bytes: number, nowMs: number): number;
}

const burstBytes = 6 * 1024 * 1024;
const bytesPerMs = (2 * 1024 * 1024) / 1000;

/**
 * The limit of one answer: 6 MiB at full speed, then 2 MiB/s; what is not used gathers again, up to those 6 MiB.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-response-streaming.html
 */
export function createBandwidth(): Bandwidth {
  let leftBytes = burstBytes;
  let lastMs: number | undefined;
  return {
    take(bytes, nowMs) {
      leftBytes = Math.min(burstBytes, leftBytes + (nowMs - (lastMs ?? nowMs)) * bytesPerMs) - bytes;
      lastMs = nowMs;
      return Math.max(0, -leftBytes / bytesPerMs);
    },
  };
}
