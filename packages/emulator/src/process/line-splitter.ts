import { StringDecoder } from "node:string_decoder";

/** The longest line in one piece; a longer line is cut, as the platform does near 256 KB. Units: characters. */
export const maxLineLength = 262_144;

/** Turns chunks of output into lines. */
export interface LineSplitter {
  push(chunk: Buffer): void;
  /** Passes on what stands after the last newline. */
  end(): void;
}

/** Splits bytes into lines without their newline. A character on the edge of two chunks stays whole. */
export function createLineSplitter(onLine: (line: string) => void): LineSplitter {
  const decoder = new StringDecoder("utf8");
  let rest = "";

  function take(text: string): void {
    rest += text;
    let start = 0;
    for (let end = rest.indexOf("\n", start); end !== -1; end = rest.indexOf("\n", start)) {
      passOn(rest.slice(start, end));
      start = end + 1;
    }
    rest = rest.slice(start);
    while (rest.length > maxLineLength) {
      onLine(rest.slice(0, maxLineLength));
      rest = rest.slice(maxLineLength);
    }
  }

  function passOn(line: string): void {
    const text = line.endsWith("\r") ? line.slice(0, -1) : line;
    for (let start = 0; start === 0 || start < text.length; start += maxLineLength) {
      onLine(text.slice(start, start + maxLineLength));
    }
  }

  return {
    push: (chunk) => take(decoder.write(chunk)),
    end() {
      take(decoder.end());
      if (rest !== "") passOn(rest);
      rest = "";
    },
  };
}
