import type { DeadlineContext } from "@lambda-extension/core";
import type { DropReason, Ledger } from "../account/ledger.ts";
import type { Batch, BoundedBuffer } from "../buffer/bounded-buffer.ts";
import { causeOf } from "../destinations/destination.ts";
import type { Destination, SendOutcome } from "../destinations/destination.ts";
import type { OwnMessages } from "../own-messages.ts";

/** How a drain ended. `settled` counts the lines that left the buffer. */
export type Drained =
  | { readonly kind: "empty"; readonly settled: number }
  | { readonly kind: "unfinished"; readonly settled: number; readonly cause: string; readonly afterMs?: number };

/** The parts a drain works on. */
export interface DrainParts {
  readonly buffer: BoundedBuffer;
  readonly destination: Destination;
  readonly ledger: Ledger;
  readonly messages: OwnMessages;
  readonly batchMaxBytes: number;
}

/** Sends batch after batch until no line waits, the deadline comes, or the destination does not take a batch. */
export async function drain(parts: DrainParts, deadline: DeadlineContext): Promise<Drained> {
  const { buffer, destination, ledger } = parts;
  let settled = 0;
  while (!deadline.signal.aborted) {
    const batch = buffer.take(parts.batchMaxBytes);
    if (batch === undefined) return { kind: "empty", settled };
    const outcome = await trySend(destination, batch, deadline);
    switch (outcome.kind) {
      case "sent":
        buffer.settle("gone");
        ledger.deliver(batch.lines.length);
        settled += batch.lines.length;
        break;
      case "split":
        if (batch.lines.length > 1) buffer.settle("halve");
        else settled += dropBatch(parts, batch, { reason: "too-large", cause: outcome.cause });
        break;
      case "drop":
        settled += dropBatch(parts, batch, { reason: "rejected", cause: outcome.cause });
        break;
      case "retry":
        buffer.settle("keep");
        return { ...outcome, kind: "unfinished", settled };
    }
  }
  return { kind: "unfinished", settled, cause: "no time left" };
}

/** A destination from outside this package may throw although it must not: its batch is kept. */
async function trySend(destination: Destination, batch: Batch, deadline: DeadlineContext): Promise<SendOutcome> {
  try {
    return await destination.send(batch, deadline);
  } catch (error) {
    return { kind: "retry", cause: causeOf(error) };
  }
}

function dropBatch(
  parts: DrainParts,
  batch: Batch,
  why: { readonly reason: DropReason; readonly cause: string },
): number {
  const { buffer, destination, ledger, messages } = parts;
  const lines = batch.lines.length;
  buffer.settle("gone");
  ledger.drop(why.reason, lines);
  const advice =
    why.reason === "too-large"
      ? `a line of ${batch.bytes} bytes is more than it takes; set LOGGER_BATCH_MAX_BYTES below its limit to have such lines split`
      : `check its address and credentials`;
  messages.reportOnce(
    `${why.reason} ${why.cause}`,
    `${destination.name} refuses lines (${why.cause}): ${lines} dropped; ${advice}. Further ones are counted in the account at shutdown.`,
  );
  return lines;
}
