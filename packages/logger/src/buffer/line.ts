/** A telemetry event ready to ship: one line of NDJSON. */
export interface Line {
  /** Unique over all environments; the same again when the line is sent again. */
  readonly id: string;
  /** The JSON text with its line feed. */
  readonly text: string;
  /** UTF-8 bytes of `text`. */
  readonly bytes: number;
}

/** Lines that go out together, formed once: sent again, it has the same lines and the same key. */
export interface Batch {
  /** Tells a receiver that it has seen this batch before. */
  readonly key: string;
  readonly lines: readonly Line[];
  readonly bytes: number;
}

/** Makes a batch of lines in their order; its key names the first line and how many follow. */
export function createBatch(lines: readonly Line[]): Batch {
  const [first] = lines;
  if (first === undefined) throw new Error("BUG: a batch of no lines");
  return { key: `${first.id}+${lines.length - 1}`, lines, bytes: lines.reduce((sum, line) => sum + line.bytes, 0) };
}
