/** How one environment variable is read: what the README's table says, and the parser behind it. */
export interface Setting<Value> {
  readonly meaning: string;
  /** As an operator would write it; empty where there is none. */
  readonly default: string;
  readonly range: string;
  /** `undefined` where the text is no value; the message is made of `range`. */
  parse(text: string): Value | undefined;
  /**
   * What a message shows of a text that is no value: nothing secret, and what is wrong with it rather than the rest.
   * Default: all of it.
   */
  readonly show?: (text: string) => string;
}

/** What a setting's own description holds; the kind adds range and parser. */
interface Description {
  readonly meaning: string;
  readonly default: string;
}

/** A whole number between two bounds, both included. */
export function integer(description: Description & { readonly min: number; readonly max: number }): Setting<number> {
  const { min, max } = description;
  return {
    ...description,
    range: `an integer from ${min} to ${max}`,
    parse: (text) => {
      const value = /^\d{1,15}$/.test(text) ? Number(text) : undefined;
      return value !== undefined && value >= min && value <= max ? value : undefined;
    },
  };
}

/** `TRUE` or `FALSE` in any case, as the AWS extension takes them. */
export function flag(description: Description): Setting<boolean> {
  return {
    ...description,
    range: "TRUE or FALSE",
    parse: (text) => ({ TRUE: true, FALSE: false })[text.toUpperCase()],
  };
}

/** One of a few words, in any case. */
export function choice<const Word extends string>(
  description: Description & { readonly words: readonly Word[] },
): Setting<Word> {
  return {
    ...description,
    range: description.words.join(", "),
    parse: (text) => description.words.find((word) => word === text.toUpperCase()),
  };
}

/** Names separated by commas; spaces around a name do not count, an empty one does not parse. */
export function names(
  description: Description & { readonly range: string; readonly pattern: RegExp },
): Setting<readonly string[]> {
  const split = (text: string): readonly string[] => text.split(",").map((name) => name.trim());
  const isName = (name: string): boolean => description.pattern.test(name);
  return {
    ...description,
    show: (text) =>
      split(text)
        .filter((name) => name !== "" && !isName(name))
        .join(",") || text,
    parse: (text) => {
      if (text === "") return [];
      const list = split(text);
      return list.every(isName) ? [...new Set(list)] : undefined;
    },
  };
}

/** An `http:` or `https:` address, also one with a path, without credentials, query and fragment. */
export function endpoint(description: Description): Setting<URL | undefined> {
  return {
    ...description,
    range: "an http:// or https:// address",
    show: (text) => text.replace(/^(.*?\/\/)?.*@/, "$1…@").replace(/[?#].*/, "…"),
    parse: (text) => {
      if (!URL.canParse(text)) return undefined;
      const url = new URL(text);
      const isPlain = url.username === "" && url.password === "" && url.search === "" && url.hash === "";
      return isPlain && (url.protocol === "http:" || url.protocol === "https:") ? url : undefined;
    },
  };
}

/** Text of a pattern. */
export function text(description: Description & { readonly range: string; readonly pattern: RegExp }): Setting<string> {
  return { ...description, parse: (value) => (description.pattern.test(value) ? value : undefined) };
}
