/** A telemetry event ready to ship: one line of NDJSON. */
export interface Line {
  /** Unique over all environments; the same again when the line is sent again. */
  readonly id: string;
  /** The JSON text with its line feed. */
  readonly text: string;
  /** UTF-8 bytes of `text`. */
  readonly bytes: number;
}

/** Lines that go out together. A batch that goes out again has the same lines and the same key. */
export interface Batch {
  /** Tells a receiver that it has seen this batch before. */
  readonly key: string;
  readonly lines: readonly Line[];
  readonly bytes: number;
}

/** Both hold at once. Units: `maxBytes` counts UTF-8 bytes of the lines. */
export interface BufferLimits {
  readonly maxItems: number;
  readonly maxBytes: number;
}

/** What happens to the lines of a taken batch. */
export type BatchEnd = "gone" | "keep" | "halve";

/**
 * Lines that wait, oldest first, never more than the limits allow. At most one batch is out at a time.
 * A batch that comes back keeps its lines, and so its key is the same when it is sent again; only an overflow breaks it
 * up.
 */
export class BoundedBuffer {
  readonly #limits: BufferLimits;
  /** Formed batches that wait to be sent again, oldest first; older than every line of the queue. */
  #formed: Batch[] = [];
  #queue: Line[] = [];
  /** Lines of the queue before this index are gone; `#skipTo` cuts them off now and then, because `shift` is slow. */
  #head = 0;
  #taken: Batch | undefined;
  #items = 0;
  #bytes = 0;

  constructor(limits: BufferLimits) {
    this.#limits = limits;
  }

  /** Lines that wait or are out. */
  get items(): number {
    return this.#items;
  }

  /** Bytes of the lines that wait or are out. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Adds the newest line. Returns how many of the oldest it dropped; never those that are out. */
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

  /** Takes the oldest lines that fit one batch, at least one; undefined if no line waits. Settle it before the next. */
  take(maxBytes: number): Batch | undefined {
    if (this.#taken !== undefined) throw new Error("BUG: a batch is taken while another is out");
    this.#taken = this.#formed.shift() ?? this.#form(maxBytes);
    return this.#taken;
  }

  /** Ends what `take` began: the lines go, stay as they are, or stay as two halves. */
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

/** A batch of lines in their order; its key names the first line and how many follow. */
export function createBatch(lines: readonly Line[]): Batch {
  const [first] = lines;
  if (first === undefined) throw new Error("BUG: a batch of no lines");
  return { key: `${first.id}+${lines.length - 1}`, lines, bytes: lines.reduce((sum, line) => sum + line.bytes, 0) };
}

function halves(batch: Batch): readonly Batch[] {
  const middle = Math.ceil(batch.lines.length / 2);
  const [left, right] = [batch.lines.slice(0, middle), batch.lines.slice(middle)];
  return right.length === 0 ? [batch] : [createBatch(left), createBatch(right)];
}
