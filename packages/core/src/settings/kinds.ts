import { parseJsonObject } from "../json-object.ts";

/** How the text of a setting is read, and how messages and tables describe it. */
export interface Kind<Value> {
  /** Completes the sentence "expected …". */
  readonly range: string;
  /** Takes the text without spaces around it. Returns undefined if it is no value of this kind. Never throws. */
  readonly parse: (text: string) => Value | undefined;
  /** How a message shows a text that is no value. Default: the text in quotes, 80 characters at most. */
  readonly show?: (text: string) => string;
}

/** The smallest and the largest value; both are allowed. */
export interface Range {
  readonly min: number;
  readonly max: number;
}

/** A whole number in digits. `unit` is for the message: `a whole number of lines from 1 to 1000`. */
export function wholeNumber({ min, max, unit = "" }: Range & { readonly unit?: string }): Kind<number> {
  return {
    range: `a whole number${unit && ` of ${unit}`} from ${min} to ${max}`,
    parse(text) {
      const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
      return value >= min && value <= max ? value : undefined;
    },
  };
}

/** A number of bytes in digits, and no other form: the name of the variable ends in `_BYTES`. */
export function bytes(range: Range): Kind<number> {
  return wholeNumber({ ...range, unit: "bytes" });
}

/** A duration in whole milliseconds; the name of the variable says so: `_MS`. */
export function milliseconds(range: Range): Kind<number> {
  return wholeNumber({ ...range, unit: "milliseconds" });
}

/**
 * A duration in whole seconds; the name of the variable says so: `_SECONDS`.
 * Returns milliseconds. Units: `min` and `max` are in seconds.
 */
export function seconds(range: Range): Kind<number> {
  const number = wholeNumber({ ...range, unit: "seconds" });
  return {
    ...number,
    parse(text) {
      const value = number.parse(text);
      return value === undefined ? undefined : value * 1000;
    },
  };
}

/** `TRUE` or `FALSE`, in upper or lower case. */
export const flag: Kind<boolean> = {
  range: "TRUE or FALSE",
  parse: (text) => ({ TRUE: true, FALSE: false })[text.toUpperCase()],
};

/** One of a few words, in upper or lower case. Returns the word as it is in `words`. */
export function choice<const Word extends string>(words: readonly Word[]): Kind<Word> {
  const quoted = words.map((word) => `"${word}"`).join(", ");
  return {
    range: quoted.replace(/, ("[^"]*")$/, " or $1"),
    parse: (text) => words.find((word) => word.toLowerCase() === text.toLowerCase()),
  };
}

/**
 * Values of one kind with commas between them; spaces around a value do not count. Returns each value once, in their
 * order; no text is an empty list. A message shows the wrong ones alone.
 */
export function list<Item>(item: Kind<Item>): Kind<readonly Item[]> {
  const split = (text: string): readonly string[] => (text === "" ? [] : text.split(",").map((part) => part.trim()));
  const isWrong = (part: string): boolean => item.parse(part) === undefined;
  const { show = showText } = item;
  return {
    range: `a comma-separated list of ${item.range}`,
    parse(text) {
      const parts = split(text);
      return parts.some(isWrong) ? undefined : [...new Set(parts.flatMap((part) => item.parse(part) ?? []))];
    },
    show: (text) =>
      show(
        split(text)
          .filter((part) => part && isWrong(part))
          .join(",") || text,
      ),
  };
}

/** An http or https URL of any form. One that may hold credentials is a `secret(url)`. */
export const url: Kind<URL> = {
  range: "an http or https URL",
  parse: (text) => (/^https?:/i.test(text) && URL.canParse(text) ? new URL(text) : undefined),
};

/** The URL of a service, perhaps with a path. A message about a wrong one shows neither its user nor its query. */
export const endpoint: Kind<URL> = {
  range: "an http or https URL without user, query and fragment",
  parse(text) {
    const parsed = url.parse(text);
    return parsed && `${parsed.username}${parsed.password}${parsed.search}${parsed.hash}` === "" ? parsed : undefined;
  },
  show: (text) => showText(text.replace(/^(.*?\/\/)?.*@/, "$1…@").replace(/[?#].*/, "…")),
};

/** A text that matches the pattern. `range` describes it: `an absolute path`. */
export function text(range: string, pattern: RegExp): Kind<string> {
  return { range, parse: (value) => (pattern.test(value) ? value : undefined) };
}

/** A JSON object, and what `read` makes of it; `read` returns undefined for an object that is not allowed. */
export function jsonObject<Value>(
  range: string,
  read: (object: Readonly<Record<string, unknown>>) => Value | undefined,
): Kind<Value> {
  return {
    range,
    parse(text) {
      const object = parseJsonObject(text);
      return object && read(object);
    },
  };
}

/** The same kind, for a value that may hold a credential: no message repeats its text. */
export function secret<Value>(kind: Kind<Value>): Kind<Value> {
  return { ...kind, show: () => "something else (not shown, it may hold a credential)" };
}

/** A text as a message shows it: in quotes, 80 characters at most. */
export function showText(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
}
