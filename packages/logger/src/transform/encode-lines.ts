import type { Line } from "../buffer/bounded-buffer.ts";
import type { FunctionIdentity, LineContent, ShippedLine } from "./shipped-line.ts";
import { splitText } from "./split-text.ts";

/** Room for the text of a piece; an envelope that leaves less could cut one event into thousands of lines. */
const leastPieceBytes = 512;

/** Longer than any index or count of a piece, so that a piece's envelope never grows past the measured one. */
const widestNumber = 999_999_999;

/**
 * Writes one event as a line of NDJSON, or as several numbered pieces if it is longer than `maxBytes`.
 * Errors: undefined if JSON cannot write it (nesting deeper than the stack) or its envelope leaves no room.
 */
export function encodeLines(
  content: LineContent,
  options: { readonly id: string; readonly identity: FunctionIdentity; readonly maxBytes: number },
): readonly Line[] | undefined {
  const { id, identity, maxBytes } = options;
  try {
    const { record, ...rest } = content;
    const encode = (part: Pick<ShippedLine, "id" | "part" | "record">): Line => {
      const line: ShippedLine = { ...rest, ...identity, ...part };
      const text = `${JSON.stringify(line)}\n`;
      return { id: part.id, text, bytes: Buffer.byteLength(text) };
    };
    const whole = encode({ id, record });
    if (whole.bytes <= maxBytes) return [whole];

    const isJson = typeof record !== "string";
    const widest = { of: id, index: widestNumber, count: widestNumber, isJson };
    const envelope = encode({ id: `${id}.${widestNumber}`, part: widest, record: "" });
    const pieceBytes = maxBytes - envelope.bytes;
    if (pieceBytes < leastPieceBytes) return undefined;
    const pieces = splitText(isJson ? JSON.stringify(record) : record, pieceBytes);
    const count = pieces.length;
    return pieces.map((record, index) =>
      encode({ id: `${id}.${index}`, part: { of: id, index, count, isJson }, record }),
    );
  } catch {
    return undefined;
  }
}
