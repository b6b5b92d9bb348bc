import { errorCode } from "@lambda-extension/core";
import type { DeadlineContext } from "@lambda-extension/core";
import type { Batch } from "../buffer/line.ts";

/**
 * What became of a batch. `cause` is one short phrase for a message: a status or a system code, never a body or a
 * credential. `retry` may say when (`afterMs`); `split` asks for smaller batches; `drop` means that no other try can
 * help.
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
  /**
   * Delivers the batch whole or not at all, as far as it can be known. Stops when the deadline's signal fires. Never
   * throws.
   */
  send(batch: Batch, deadline: DeadlineContext): Promise<SendOutcome>;
  /** Gives back sockets and files; idempotent. */
  close(): Promise<void>;
}

/** The batch as it goes over the wire or into a file: its lines, one after the other. */
export function toNdjson(batch: Batch): string {
  return batch.lines.map((line) => line.text).join("");
}

/** A system error's code (`ECONNREFUSED`), else the error's class: messages may quote what must not be repeated. */
export function causeOf(error: unknown): string {
  return errorCode(error) ?? (error instanceof Error ? error.name : "an unknown error");
}
