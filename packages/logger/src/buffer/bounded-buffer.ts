import { createBatch } from "./line.ts";
import type { Batch, Line } from "./line.ts";

/** Both hold at once. Units: `maxBytes` counts UTF-8 bytes of the lines. */
export interface BufferLimits {
  readonly maxItems: number;
  readonly maxBytes: number;
}

/** What became of a batch that was taken. */
export type BatchEnd = "gone" | "keep" | "halve";

/**
 * Lines that wait, oldest first, never more than the limits allow. At most one batch is out at a time.
 * A batch that comes back stays as it was formed, so that its key holds when it is sent again; only an overflow breaks
 * it up.
 */
export class BoundedBuffer {
  readonly #limits: BufferLimits;
  /** Formed batches that wait to be sent again, oldest first; older than every line of the queue. */
  #formed: Batch[] = [];
  #queue: Line[] = [];
  /** Lines of the queue before this index are gone; cut off now and then, because `shift` is slow. */
  #head = 0;
  #taken: Batch | undefined;
  #items = 0;
  #bytes = 0;

  constructor(limits: BufferLimits) {
    this.#limits = limits;
  }

  /** Lines that are here or out. */
  get items(): number {
    return this.#items;
  }

  /** Bytes of the lines that are here or out. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Adds the newest line and returns how many of the oldest had to go; the lines that are out do not. */
  add(line: Line): number {
    this.#queue.push(line);
    this.#count(1, line.bytes);
    let dropped = 0;
    while (this.#items > this.#limits.maxItems || this.#bytes > this.#limits.maxBytes) {
      if (!this.#dropOldest()) break;
      dropped += 1;
    }
    return dropped;
  }

  /**
   * Takes the oldest lines that fit one batch, at least one; undefined where nothing waits. Settle it before the next.
   */
  take(maxBytes: number): Batch | undefined {
    if (this.#taken !== undefined) throw new Error("BUG: a batch is taken while another is out");
    this.#taken = this.#formed.shift() ?? this.#form(maxBytes);
    return this.#taken;
  }

  /** Ends what `take` began: the lines are gone, kept as they are, or kept as two halves. */
  settle(end: BatchEnd): void {
    const batch = this.#taken;
    if (batch === undefined) throw new Error("BUG: no batch is out");
    this.#taken = undefined;
    if (end === "gone") this.#count(-batch.lines.length, -batch.bytes);
    else this.#formed.unshift(...(end === "halve" ? halves(batch) : [batch]));
  }

  #form(maxBytes: number): Batch | undefined {
    let end = this.#head;
    let bytes = 0;
    for (let line = this.#queue[end]; line !== undefined; line = this.#queue[end]) {
      if (end > this.#head && bytes + line.bytes > maxBytes) break;
      bytes += line.bytes;
      end += 1;
    }
    if (end === this.#head) return undefined;
    const batch = createBatch(this.#queue.slice(this.#head, end));
    this.#skipTo(end);
    return batch;
  }

  #dropOldest(): boolean {
    const [oldest] = this.#formed;
    if (oldest !== undefined) {
      this.#formed.shift();
      this.#queue = [
        ...oldest.lines,
        ...this.#formed.flatMap((batch) => batch.lines),
        ...this.#queue.slice(this.#head),
      ];
      this.#formed = [];
      this.#head = 0;
    }
    const line = this.#queue[this.#head];
    if (line === undefined) return false;
    this.#skipTo(this.#head + 1);
    this.#count(-1, -line.bytes);
    return true;
  }

  #skipTo(head: number): void {
    this.#head = head;
    if (head * 2 <= this.#queue.length) return;
    this.#queue = this.#queue.slice(head);
    this.#head = 0;
  }

  #count(items: number, bytes: number): void {
    this.#items += items;
    this.#bytes += bytes;
  }
}

function halves(batch: Batch): readonly Batch[] {
  const middle = Math.ceil(batch.lines.length / 2);
  const [left, right] = [batch.lines.slice(0, middle), batch.lines.slice(middle)];
  return right.length === 0 ? [batch] : [createBatch(left), createBatch(right)];
}
