import { errorCode } from "@lambda-extension/core";
import type { Clock, DeadlineContext } from "@lambda-extension/core";
import type { Batch } from "../buffer/bounded-buffer.ts";

/** What the logger needs of its process; tests pass a fake. */
export interface Host {
  readonly clock: Clock;
  /** From 0 to below 1. */
  readonly random: () => number;
}

/**
 * What happened to a batch. `cause` is one short phrase for a message: a status or a system code, never a body or a
 * credential. `retry` may state the wait (`afterMs`); `split` asks for smaller batches; `drop`: no other try can help.
 */
export type SendOutcome =
  | { readonly kind: "sent" }
  | { readonly kind: "retry"; readonly cause: string; readonly afterMs?: number }
  | { readonly kind: "split"; readonly cause: string }
  | { readonly kind: "drop"; readonly cause: string };

/** Where lines go. One call of `send` at a time. */
export interface Destination {
  /** For messages: what it is and where, without credentials. */
  readonly name: string;
  /** Delivers the batch whole or not at all, as far as that is known. Stops at the deadline's signal. Never throws. */
  send(batch: Batch, deadline: DeadlineContext): Promise<SendOutcome>;
  /** Gives back sockets and files; idempotent. */
  close(): Promise<void>;
}

/** The batch as text: its lines, one after the other. */
export function toNdjson(batch: Batch): string {
  return batch.lines.map((line) => line.text).join("");
}

/** A system error's code (`ECONNREFUSED`), else the error's class: its message may quote a credential. */
export function causeOf(error: unknown): string {
  return errorCode(error) ?? (error instanceof Error ? error.name : "an unknown error");
}
