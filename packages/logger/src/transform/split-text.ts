/**
 * Cuts a text into pieces that take at most `maxBytes` of UTF-8 each as JSON, quotes not counted. The pieces joined are
 * the text. Never cuts a surrogate pair. `maxBytes` is at least 6, the longest encoding of one character.
 */
export function splitText(text: string, maxBytes: number): readonly string[] {
  const pieces: string[] = [];
  let start = 0;
  let bytes = 0;
  for (let index = 0; index < text.length;) {
    const code = text.codePointAt(index) ?? 0;
    const cost = jsonBytes(code);
    if (bytes + cost > maxBytes) {
      pieces.push(text.slice(start, index));
      start = index;
      bytes = 0;
    }
    bytes += cost;
    index += code > 0xff_ff ? 2 : 1;
  }
  return [...pieces, text.slice(start)];
}

/** Upper bound of the bytes of one code point in JSON: escapes of control characters and lone surrogates take six. */
function jsonBytes(code: number): number {
  if (code < 0x20) return 6;
  if (code === 0x22 || code === 0x5c) return 2;
  if (code < 0x80) return 1;
  if (code < 0x8_00) return 2;
  if (code >= 0xd8_00 && code <= 0xdf_ff) return 6;
  return code > 0xff_ff ? 4 : 3;
}
