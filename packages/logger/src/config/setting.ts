/**
 * One environment variable as data: what the documentation says about it and how its text is read.
 * `range` completes the sentence "expected …"; `parse` returns undefined for anything outside it.
 */
export interface Setting<Value> {
  readonly name: string;
  readonly meaning: string;
  readonly range: string;
  /** The value where the variable is not set or empty; undefined where there is none. */
  readonly fallback: Value | undefined;
  /** The fallback as the documentation shows it. */
  readonly fallbackText: string;
  /** Its text may hold a credential and is never repeated in a message. */
  readonly isSecret?: boolean;
  parse(text: string): Value | undefined;
}

type Description = Pick<Setting<never>, "name" | "meaning">;

/** A whole number between two bounds, both allowed. */
export function integerSetting(
  options: Description & { readonly min: number; readonly max: number; readonly fallback: number },
): Setting<number> {
  const { name, meaning, min, max, fallback } = options;
  return {
    name,
    meaning,
    range: `a whole number from ${min} to ${max}`,
    fallback,
    fallbackText: String(fallback),
    parse(text) {
      const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
      return value >= min && value <= max ? value : undefined;
    },
  };
}

/** One of a few words. */
export function choiceSetting<Choice extends string>(
  options: Description & { readonly choices: readonly Choice[]; readonly fallback?: Choice },
): Setting<Choice> {
  const { name, meaning, choices, fallback } = options;
  return {
    name,
    meaning,
    range: choices.map((choice) => `"${choice}"`).join(" or "),
    fallback,
    fallbackText: fallback ?? "none",
    parse: (text) => choices.find((choice) => choice === text),
  };
}

/** A comma-separated list of a few words, at least one, each once. */
export function listSetting<Choice extends string>(
  options: Description & { readonly choices: readonly Choice[]; readonly fallback: readonly Choice[] },
): Setting<readonly Choice[]> {
  const { name, meaning, choices, fallback } = options;
  return {
    name,
    meaning,
    range: `a comma-separated list of ${choices.map((choice) => `"${choice}"`).join(", ")}`,
    fallback,
    fallbackText: fallback.join(","),
    parse(text) {
      const words = text.split(",").map((word) => word.trim());
      const found = choices.filter((choice) => words.includes(choice));
      return found.length === words.length ? found : undefined;
    },
  };
}
