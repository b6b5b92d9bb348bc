/** A character that ended the scan, and what Go says it was doing. */
class SyntaxFault extends Error {}

const endOfInput = "unexpected end of JSON input";
const hexDigit = /[0-9a-fA-F]/;

/**
 * The message of Go's `encoding/json` for a text that is not JSON; undefined where it is. The official emulator is
 * written in Go and passes these messages on, and its users search for them. Input: bytes as Latin-1 characters,
 * because Go quotes the byte.
 */
export function goSyntaxError(text: string): string | undefined {
  try {
    const scanner = new Scanner(text);
    scanner.value("looking for beginning of value");
    scanner.end();
    return undefined;
  } catch (error) {
    if (error instanceof SyntaxFault) return error.message;
    throw error;
  }
}

class Scanner {
  readonly #text: string;
  #position = 0;

  constructor(text: string) {
    this.#text = text;
  }

  value(context: string): void {
    const character = this.#afterSpace();
    if (character === "{") this.#object();
    else if (character === "[") this.#array();
    else if (character === '"') this.#string();
    else if (character === "-" || isDigit(character)) this.#number();
    else if (character === "t") this.#literal("true");
    else if (character === "f") this.#literal("false");
    else if (character === "n") this.#literal("null");
    else this.#reject(context);
  }

  end(): void {
    this.#skipSpace();
    if (this.#position < this.#text.length) this.#reject("after top-level value");
  }

  #object(): void {
    this.#position += 1;
    if (this.#afterSpace() === "}") {
      this.#position += 1;
      return;
    }
    for (;;) {
      if (this.#afterSpace() !== '"') this.#reject("looking for beginning of object key string");
      this.#string();
      if (this.#afterSpace() !== ":") this.#reject("after object key");
      this.#position += 1;
      this.value("looking for beginning of value");
      if (this.#isClosed("}", "after object key:value pair")) return;
    }
  }

  #array(): void {
    this.#position += 1;
    if (this.#afterSpace() === "]") {
      this.#position += 1;
      return;
    }
    for (;;) {
      this.value("looking for beginning of value");
      if (this.#isClosed("]", "after array element")) return;
    }
  }

  /** Passes a comma, or the closing bracket: then it is true. */
  #isClosed(bracket: string, context: string): boolean {
    const character = this.#afterSpace();
    if (character !== "," && character !== bracket) this.#reject(context);
    this.#position += 1;
    return character === bracket;
  }

  #string(): void {
    this.#position += 1;
    for (let character = this.#need(); character !== '"'; character = this.#need()) {
      if (character < " ") this.#reject("in string literal");
      this.#position += 1;
      if (character === "\\") this.#escape();
    }
    this.#position += 1;
  }

  #escape(): void {
    const character = this.#next();
    if (!'"\\/bfnrtu'.includes(character)) this.#reject("in string escape code");
    this.#position += 1;
    if (character !== "u") return;
    for (let count = 0; count < 4; count += 1) {
      if (!hexDigit.test(this.#next())) this.#reject("in \\u hexadecimal character escape");
      this.#position += 1;
    }
  }

  #number(): void {
    if (this.#next() === "-") this.#position += 1;
    if (this.#next() === "0") this.#position += 1;
    else this.#digits("in numeric literal");
    if (this.#next() === ".") {
      this.#position += 1;
      this.#digits("after decimal point in numeric literal");
    }
    if (!/[eE]/.test(this.#next())) return;
    this.#position += 1;
    if (/[+-]/.test(this.#next())) this.#position += 1;
    this.#digits("in exponent of numeric literal");
  }

  #digits(context: string): void {
    if (!isDigit(this.#next())) this.#reject(context);
    while (isDigit(this.#next())) this.#position += 1;
  }

  #literal(word: string): void {
    this.#position += 1;
    for (const expected of word.slice(1).split("")) {
      if (this.#next() !== expected) this.#reject(`in literal ${word} (expecting '${expected}')`);
      this.#position += 1;
    }
  }

  #skipSpace(): void {
    while (/[ \t\r\n]/.test(this.#text[this.#position] ?? "")) this.#position += 1;
  }

  #afterSpace(): string {
    this.#skipSpace();
    return this.#need();
  }

  #need(): string {
    const character = this.#text[this.#position];
    if (character === undefined) throw new SyntaxFault(endOfInput);
    return character;
  }

  /** Inside a number, a word or an escape, Go ends the text with a space. */
  #next(): string {
    return this.#text[this.#position] ?? " ";
  }

  #reject(context: string): never {
    throw new SyntaxFault(`invalid character ${quote(this.#next())} ${context}`);
  }
}

function isDigit(character: string): boolean {
  return character >= "0" && character <= "9";
}

const shortEscapes: Readonly<Record<string, string>> = {
  "\u0007": "\\a",
  "\b": "\\b",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\v": "\\v",
  "\\": "\\\\",
  "'": "\\'",
};

/** A character in single quotes, the way Go escapes it. */
function quote(character: string): string {
  const code = character.charCodeAt(0);
  const short = shortEscapes[character];
  if (short !== undefined) return `'${short}'`;
  if (code < 0x20 || code === 0x7f) return `'\\x${code.toString(16).padStart(2, "0")}'`;
  return (code > 0x7f && code < 0xa1) || code === 0xad
    ? `'\\u${code.toString(16).padStart(4, "0")}'`
    : `'${character}'`;
}
